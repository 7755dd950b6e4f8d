using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Sessions.Core;
using Sessions.Orleans;

namespace Sessions.Server;

/// <summary>The server with engine <c>orleans</c>: a silo and its gateway in one process, or a gateway alone.</summary>
internal static partial class ServerServices
{
    /// <summary>
    /// A silo that answers no probe is dead after three of these; more where the one that asks is in doubt of itself, as with
    /// one other only.
    /// </summary>
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);

    /// <summary>How long a silo that was stopped may take to learn that the others went on without it.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    static partial void AddOtherEngine(WebApplicationBuilder builder, ServerSettings settings, ref bool isAdded)
    {
        if (settings.Orleans is not { } orleans)
            return;

        isAdded = true;
        var services = builder.Services;
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Orleans", LogLevel.Warning);
        if (settings.ConnectionString is { } connectionString)
            services.AddSingleton<IHostedService>(new ClusterStart(connectionString));

        var engine = new OrleansEngineSettings(
            settings.Agents.ToDictionary(agent => new AgentName(agent.Name), agent => agent.Kind),
            new AgentName(settings.DefaultAgent),
            settings.Engine);
        if (orleans.IsClient)
            builder.UseOrleansClient(client => client.AddSessionsClient(orleans, settings, engine));
        else
            builder.UseOrleans(silo => silo.AddSessionsSilo(orleans, settings, engine));

        services.AddSingleton(provider => provider.GetRequiredService<OrleansEngine>().Sessions);
        services.AddSingleton(provider => provider.GetRequiredService<OrleansEngine>().Runs);
        services.AddHostedService<EngineSaid>();
    }

    private static void AddSessionsSilo(
        this ISiloBuilder silo, OrleansSettings orleans, ServerSettings settings, OrleansEngineSettings engine)
    {
        if (settings.ConnectionString is { } connectionString)
        {
            silo.UsePostgresCluster(connectionString);
            silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                options.SiloPort = orleans.SiloPort > 0 ? orleans.SiloPort : FreePort();
                options.GatewayPort = orleans.GatewayPort > 0 ? orleans.GatewayPort : FreePort();
            });
        }
        else
        {
            silo.UseLocalhostClustering(orleans.SiloPort, orleans.GatewayPort);
            silo.AddMemoryGrainStorage(SessionsHosting.PubSubStore);
        }

        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (orleans.Cluster, orleans.Cluster));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = Probe;
            options.TableRefreshTimeout = Refresh;
        });
        silo.AddSessions(engine);
    }

    private static void AddSessionsClient(
        this IClientBuilder client, OrleansSettings orleans, ServerSettings settings, OrleansEngineSettings engine)
    {
        client.UsePostgresCluster(settings.ConnectionString!);
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (orleans.Cluster, orleans.Cluster));
        client.AddSessions(engine);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Says once what runs.</summary>
    private sealed class EngineSaid(ServerSettings settings, ILogger<OrleansEngine> logger) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            logger.Configured(settings);
            return Task.CompletedTask;
        }
    }
}
