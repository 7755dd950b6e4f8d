using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans;
using Sessions.Orleans.Abstractions;
using Sessions.Postgres;

namespace Sessions.Load;

/// <summary>
/// Two silos and a client of theirs in this process, as TestingHost makes them: over one store in memory, or each silo with a
/// store of its own over a database. Beside the sessions they have the grains that are the reference.
/// </summary>
internal sealed class SiloPair : IAsyncDisposable
{
    private const short Silos = 2;

    private readonly InProcessTestCluster _cluster;
    private readonly IReadOnlyList<IAsyncDisposable> _databases;

    private SiloPair(InProcessTestCluster cluster, IReadOnlyList<IAsyncDisposable> databases)
    {
        _cluster = cluster;
        _databases = databases;
        var silos = cluster.Silos.Select(silo => silo.ServiceProvider).ToArray();
        Doors = [.. silos.Select(silo => silo.GetRequiredService<OrleansEngine>()).Select(engine => new EngineDoors(engine.Sessions, engine.Runs))];
        Grains = [.. silos.Select(silo => silo.GetRequiredService<IGrainFactory>())];
    }

    /// <summary>The agent that the load's own workers run.</summary>
    public static AgentName Agent { get; } = new(ServeCommand.Agent);

    /// <summary>Of each silo's gateway.</summary>
    public IReadOnlyList<EngineDoors> Doors { get; }

    /// <summary>The way to the grains, from each silo.</summary>
    public IReadOnlyList<IGrainFactory> Grains { get; }

    /// <summary>A frontend's way to the grains.</summary>
    public IGrainFactory Client => _cluster.Client;

    /// <summary>Starts them.</summary>
    /// <param name="connectionString">The database; null for a store in memory.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<SiloPair> StartAsync(string? connectionString, CancellationToken cancellationToken)
    {
        var databases = new List<IAsyncDisposable>();
        var stores = connectionString is null
            ? Enumerable.Repeat<ISessionStore>(new MemoryStore(TimeProvider.System), Silos).ToArray()
            : await StoresAsync(connectionString, databases, cancellationToken);
        var next = -1;
        var settings = new OrleansEngineSettings(
            new Dictionary<AgentName, string> { [Agent] = "remote" }, Agent, new EngineOptions());
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            var store = stores[Interlocked.Increment(ref next) % Silos];
            silo.Services.AddSingleton(_ => store);
            silo.AddMemoryGrainStorage(SessionsHosting.PubSubStore);
            silo.AddSessions(settings);
            if (connectionString is not null)
                silo.AddStateStorage(connectionString);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new SiloPair(cluster, databases);
    }

    /// <summary>The silo where a session is active: it decides and commits what changes it.</summary>
    public async ValueTask<int> OwnerOfAsync(SessionKey key)
    {
        var grain = Client.GetGrain<ISessionGrain>(key.ToString());
        var address = await Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain)
            ?? throw new InvalidDataException($"Session {key} is active nowhere.");
        return _cluster.Silos.ToList().FindIndex(silo => silo.SiloAddress.Equals(address));
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    private static async Task<ISessionStore[]> StoresAsync(
        string connectionString, List<IAsyncDisposable> databases, CancellationToken cancellationToken)
    {
        await PostgresClustering.MigrateAsync(connectionString, cancellationToken);
        var stores = new List<ISessionStore>();
        while (stores.Count < Silos)
        {
            var database = new PostgresDatabase(connectionString, NullLogger<PostgresDatabase>.Instance);
            await database.MigrateAsync(cancellationToken);
            var store = new PostgresStore(database, new PostgresOptions(), NullLogger<PostgresStore>.Instance);
            databases.Insert(0, database);
            databases.Insert(0, store);
            stores.Add(store);
        }

        return [.. stores];
    }
}
