using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Postgres;
using Sessions.Testing;
using Sessions.Testing.Postgres;
using Xunit.Abstractions;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Engines over PostgreSQL that hear nothing of each other: with the poll that makes up for lost notifications the history is
/// right; without it the checker says so (invariants 31 and 34). In this process, since no configuration can switch it off.
/// </summary>
[Collection(ClusterTests.Collection)]
public sealed class LostHintsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private PostgresServer _postgres = null!;

    public async Task InitializeAsync() => _postgres = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task With_the_poll_lost_notifications_are_made_up_for() =>
        Assert.Empty(HistoryChecker.Check(await RunAsync(repairs: true)));

    [Fact]
    public async Task Without_the_poll_lost_notifications_are_found()
    {
        var found = HistoryChecker.Check(await RunAsync(repairs: false)).GroupBy(violation => violation.Invariant).ToArray();
        foreach (var kind in found)
            output.WriteLine($"{kind.Key}: {kind.Count()} times, as {kind.First().What}");

        Assert.Contains(found, kind => kind.Key == 31);
        Assert.Contains(found, kind => kind.Key == 34);
    }

    private async Task<History> RunAsync(bool repairs)
    {
        var options = new EngineOptions { LeaseTtl = TimeSpan.FromSeconds(1), MaxQueued = 5 };
        await using var cluster = await DeafCluster.StartAsync(await _postgres.CreateDatabaseAsync(), options, repairs);
        return await new RandomHistory(cluster, new TenantId("t"), options.LeaseTtl, new Dice(output)).RunAsync(40, 10);
    }

    /// <summary>Replicas without a way to each other.</summary>
    private sealed class DeafCluster(PostgresDatabase database) : EngineCluster
    {
        private readonly List<PostgresStore> _stores = [];
        private readonly List<DirectEngine> _engines = [];
        private readonly List<EngineReplica> _replicas = [];

        public override IReadOnlyList<EngineReplica> Replicas => _replicas;

        public override ISessionStore Store => _stores[0];

        public static async Task<DeafCluster> StartAsync(string connectionString, EngineOptions options, bool repairs)
        {
            var cluster = new DeafCluster(new PostgresDatabase(connectionString, NullLogger<PostgresDatabase>.Instance));
            await cluster.MigrateAsync();
            for (var seed = 0; seed < 3; seed++)
                cluster.Add(options, seed, repairs);

            return cluster;
        }

        public override async ValueTask PassAsync(TimeSpan time) => await Task.Delay(time);

        /// <summary>All are lost as it is.</summary>
        public override void Lose(Predicate<Wakeup>? lost)
        {
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var engine in _engines)
                await engine.DisposeAsync();

            foreach (var store in _stores)
                await store.DisposeAsync();

            await database.DisposeAsync();
        }

        private Task MigrateAsync() => database.MigrateAsync(default);

        private void Add(EngineOptions options, int seed, bool repairs)
        {
            var store = new PostgresStore(database, new(), NullLogger<PostgresStore>.Instance);
            var engine = new DirectEngine(
                store, new DeafBus(), EngineConformance.Agents, Commands.Echo, options, TimeProvider.System, new Random(seed),
                NullLogger<DirectEngine>.Instance);
            _stores.Add(store);
            _engines.Add(engine);
            _replicas.Add(new EngineReplica(
                engine.Sessions, engine.Runs, engine.SweepAsync, repairs ? engine.RepairAsync : _ => ValueTask.CompletedTask));
        }
    }

    private sealed class DeafBus : IReplicaBus
    {
        private readonly NoReplicaBus _nobody = new();

        public bool IsShared => true;

        public void Post(Wakeup wakeup) => _nobody.Post(wakeup);

        public IDisposable Listen(Action<Wakeup> heard) => _nobody.Listen(heard);

        public void Post(WorkerNews news) => _nobody.Post(news);

        public IDisposable ListenToWorkers(Action<WorkerNews> heard) => _nobody.ListenToWorkers(heard);
    }
}
