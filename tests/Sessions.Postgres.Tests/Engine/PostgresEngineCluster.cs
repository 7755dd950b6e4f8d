using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Three replicas, each with a store and a bus of its own, over one database. They sweep and repair when told to.</summary>
internal sealed class PostgresEngineCluster : EngineCluster
{
    private readonly TestDatabase _database;
    private readonly RunningClock _clock = new();
    private readonly List<PostgresReplicaBus> _buses = [];
    private readonly List<LossyBus> _lossy = [];
    private readonly List<DirectEngine> _engines = [];
    private readonly List<EngineReplica> _replicas = [];

    private PostgresEngineCluster(TestDatabase database)
    {
        _database = database;
        Store = database.Store();
    }

    public override IReadOnlyList<EngineReplica> Replicas => _replicas;

    public override ISessionStore Store { get; }

    public static async Task<PostgresEngineCluster> StartAsync(TestDatabase database, EngineOptions options)
    {
        var cluster = new PostgresEngineCluster(database);
        for (var seed = 0; seed < 3; seed++)
            await cluster.AddAsync(options, seed);

        return cluster;
    }

    /// <summary>For the database, and then for the replicas.</summary>
    public override async ValueTask PassAsync(TimeSpan time)
    {
        await _database.PassAsync(time);
        _clock.Advance(time);
    }

    public override void Lose(Predicate<Wakeup>? lost)
    {
        foreach (var bus in _lossy)
            bus.Lost = lost;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();

        foreach (var bus in _buses)
            await bus.DisposeAsync();

        await _database.DisposeAsync();
        await _clock.DisposeAsync();
    }

    private async Task AddAsync(EngineOptions options, int seed)
    {
        var bus = new PostgresReplicaBus(_database.Database, NullLogger<PostgresReplicaBus>.Instance);
        await bus.Listening;
        _buses.Add(bus);
        _lossy.Add(new LossyBus(bus));
        var engine = new DirectEngine(
            _database.Store(), _lossy[^1], EngineConformance.Agents, Commands.Echo, options, _clock.Time, new Random(seed),
            NullLogger<DirectEngine>.Instance);
        _engines.Add(engine);
        _replicas.Add(new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync));
    }
}
