using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>Direct engines over one memory store, on a clock that stands still. They sweep and repair when told to.</summary>
internal sealed class MemoryCluster : EngineCluster
{
    private readonly MemoryReplicaBus _bus = new();
    private readonly DirectEngine[] _engines;

    public MemoryCluster(EngineOptions options, Func<ISessionStore, ISessionStore>? wrap = null, int replicas = 3)
    {
        Store = new MemoryStore(Time);
        var seen = wrap?.Invoke(Store) ?? Store;
        _engines = [.. Enumerable.Range(0, replicas).Select(seed => new DirectEngine(
            seen, _bus.Connect(), EngineConformance.Agents, Commands.Echo, options, Time, new Random(seed),
            NullLogger<DirectEngine>.Instance))];
        Replicas = [.. _engines.Select(engine =>
            new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync))];
    }

    public ManualTimeProvider Time { get; } = new();

    public IReadOnlyList<DirectEngine> Engines => _engines;

    public override IReadOnlyList<EngineReplica> Replicas { get; }

    public override ISessionStore Store { get; }

    public override ValueTask PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        return ValueTask.CompletedTask;
    }

    public override void Lose(Predicate<Wakeup>? lost) => _bus.Lossy = lost;

    public override async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();
    }
}
