using Sessions.Core;
using Sessions.Engine;
using Sessions.Gateway;
using Sessions.Postgres;
using Sessions.Worker;

namespace Sessions.Server;

/// <summary>What the server is composed of.</summary>
internal static partial class ServerServices
{
    public static void AddSessionsServer(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        if (settings.ConnectionString is { } connectionString)
            services.AddPostgresStore(connectionString);
        else
            services.AddMemoryStore();

        var isAdded = false;
        AddOtherEngine(builder, settings, ref isAdded);
        if (!isAdded)
            services.AddDirectEngine(settings);

        services.AddSessionsGateway(gateway => gateway.LocalNamesOnly = settings.LocalNamesOnly);
        if (settings.InProcessWorkers)
            services.AddInProcessWorkers();

        // Before the listener in the order of starting, and told first of all when the process is to stop.
        services.AddHostedService<Drain>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain.Timeout);
    }

    /// <summary>Adds an engine that not every build has, if it is the one to run.</summary>
    static partial void AddOtherEngine(WebApplicationBuilder builder, ServerSettings settings, ref bool isAdded);

    private static void AddMemoryStore(this IServiceCollection services)
    {
        services.AddSingleton<ISessionStore>(provider => new MemoryStore(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IReplicaBus, NoReplicaBus>();
    }

    private static void AddPostgresStore(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => PostgresStart.Connect(
            connectionString, provider.GetRequiredService<ILogger<PostgresDatabase>>()));
        services.AddSingleton(new PostgresOptions());
        services.AddSingleton<ISessionStore, PostgresStore>();
        services.AddSingleton<IReplicaBus, PostgresReplicaBus>();
        services.AddHostedService<PostgresStart>();
    }

    private static void AddDirectEngine(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(provider => new DirectEngine(
            provider.GetRequiredService<ISessionStore>(),
            provider.GetRequiredService<IReplicaBus>(),
            settings.Agents.ToDictionary(agent => new AgentName(agent.Name), agent => agent.Kind),
            new AgentName(settings.DefaultAgent),
            settings.Engine,
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared,
            provider.GetRequiredService<ILogger<DirectEngine>>()));
        services.AddSingleton(provider => provider.GetRequiredService<DirectEngine>().Sessions);
        services.AddSingleton(provider => provider.GetRequiredService<DirectEngine>().Runs);
        services.AddHostedService<EngineStart>();
    }

    private static void AddInProcessWorkers(this IServiceCollection services)
    {
        services.AddSingleton<IWorkerConnection, LocalWorkerConnection>();
        services.AddSingleton<LocalWorkers>();
        services.AddHostedService(provider => provider.GetRequiredService<LocalWorkers>());
    }

    /// <summary>Has the engine sweep while the server runs.</summary>
    private sealed class EngineStart(DirectEngine engine, ServerSettings settings, ILogger<DirectEngine> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            logger.Configured(settings);
            engine.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
