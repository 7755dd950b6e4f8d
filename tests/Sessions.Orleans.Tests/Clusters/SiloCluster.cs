using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Silos in this process, and a client of them, each with an engine over the same sessions. They sweep and repair when told to.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    /// <summary>A silo that answers no probe is dead after two of these.</summary>
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(500);
    private const int Probes = 2;

    private readonly List<LossyBus> _buses = [];
    private readonly InProcessTestCluster _cluster;

    private SiloCluster(short silos, EngineOptions options, TimeProvider time, Func<ISessionStore> store, string? connectionString)
    {
        var settings = new OrleansEngineSettings(EngineConformance.Agents, Commands.Echo, options) { Time = time, Wrap = Wrap, WhenTold = true };
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureHost(host =>
        {
            host.Logging.ClearProviders();
            host.Logging.AddProvider(Seen);
        });
        if (connectionString is not null)
            builder.KeepInDatabase();

        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(_ => store());
            if (connectionString is null)
                silo.AddMemoryGrainStorage(SessionsHosting.PubSubStore);
            else
                silo.UsePostgresCluster(connectionString);

            silo.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (Probe, Probes));
            silo.AddSessions(settings);
        });
        builder.ConfigureClient(client =>
        {
            client.Services.AddSingleton(_ => store());
            if (connectionString is not null)
                client.UsePostgresCluster(connectionString);

            client.AddSessions(settings);
        });
        _cluster = builder.Build();
    }

    public InProcessTestCluster Cluster => _cluster;

    /// <summary>How long until the others know that a silo is dead.</summary>
    public static TimeSpan Detection => Probe * (Probes + 1);

    /// <summary>What the engines logged.</summary>
    public SeenLogs Seen { get; } = new();

    /// <summary>The engines of the silos that are up, and the client's last.</summary>
    public IEnumerable<OrleansEngine> Engines => _cluster.Silos
        .Select(silo => silo.ServiceProvider)
        .Append(_cluster.Client.ServiceProvider)
        .Select(services => services.GetRequiredService<OrleansEngine>());

    /// <summary>Starts one.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="time">The engines' clock.</param>
    /// <param name="store">Gives each silo, and the client, its store.</param>
    /// <param name="connectionString">The database that keeps its members, as in production; without it this process does.</param>
    public static async Task<SiloCluster> StartAsync(
        short silos, EngineOptions options, TimeProvider time, Func<ISessionStore> store, string? connectionString = null)
    {
        var cluster = new SiloCluster(silos, options, time, store, connectionString);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    /// <summary>Decides which hints between the engines are lost from now on; null loses none.</summary>
    public void Lose(Predicate<Wakeup>? lost)
    {
        foreach (var bus in _buses)
            bus.Lost = lost;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    private LossyBus Wrap(IReplicaBus bus)
    {
        var lossy = new LossyBus(bus);
        lock (_buses)
            _buses.Add(lossy);

        return lossy;
    }
}
