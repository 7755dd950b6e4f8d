using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>A cluster that outlives a test, as the test sees it: through any silo, or through the client.</summary>
internal sealed class LentCluster(SiloCluster silos, ISessionStore store, Func<TimeSpan, ValueTask> passAsync) : EngineCluster
{
    public override IReadOnlyList<EngineReplica> Replicas { get; } =
        [.. silos.Engines.Select(engine => new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync))];

    public override ISessionStore Store => store;

    public override ValueTask PassAsync(TimeSpan time) => passAsync(time);

    public override void Lose(Predicate<Wakeup>? lost) => silos.Lose(lost);

    public override ValueTask DisposeAsync()
    {
        Lose(null);
        return ValueTask.CompletedTask;
    }
}
