using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Three silos and a client over one memory store, on a clock that stands still; started once, for all tests of a class.</summary>
public sealed class MemorySilos : IAsyncLifetime
{
    private SiloCluster? _silos;

    public ManualTimeProvider Time { get; } = new();

    internal SiloCluster Silos => _silos!;

    internal ISessionStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new MemoryStore(Time);
        _silos = await SiloCluster.StartAsync(3, new EngineOptions { MaxQueued = 5 }, Time, () => Store);
    }

    public async Task DisposeAsync() => await _silos!.DisposeAsync();

    /// <summary>The cluster as one test sees it.</summary>
    internal EngineCluster Lend() => new Lent(this);

    private sealed class Lent(MemorySilos silos) : EngineCluster
    {
        public override IReadOnlyList<EngineReplica> Replicas { get; } =
            [.. silos.Silos.Engines.Select(engine => new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync))];

        public override ISessionStore Store => silos.Store;

        public override ValueTask PassAsync(TimeSpan time)
        {
            silos.Time.Advance(time);
            return ValueTask.CompletedTask;
        }

        public override void Lose(Predicate<Wakeup>? lost) => silos.Silos.Lose(lost);

        public override ValueTask DisposeAsync()
        {
            Lose(null);
            return ValueTask.CompletedTask;
        }
    }
}
