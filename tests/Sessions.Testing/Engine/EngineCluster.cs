using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>At least three replicas of an engine over one store.</summary>
public abstract class EngineCluster : IAsyncDisposable
{
    /// <summary>The replicas.</summary>
    public abstract IReadOnlyList<EngineReplica> Replicas { get; }

    /// <summary>The store below them, to look behind the scenes.</summary>
    public abstract ISessionStore Store { get; }

    /// <summary>Lets so much time pass, for the store and all replicas.</summary>
    public abstract ValueTask PassAsync(TimeSpan time);

    /// <summary>Decides which hints between replicas are lost from now on; null loses none.</summary>
    public abstract void Lose(Predicate<Wakeup>? lost);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One replica.</summary>
/// <param name="Sessions">Its front door.</param>
/// <param name="Runs">Its workers' door.</param>
/// <param name="SweepAsync">Makes it end what is due; may do nothing where that happens by itself.</param>
/// <param name="RepairAsync">Makes it make up for lost hints; may do nothing where that happens by itself.</param>
public sealed record EngineReplica(
    ISessions Sessions, IRuns Runs, Func<CancellationToken, ValueTask> SweepAsync, Func<CancellationToken, ValueTask> RepairAsync);
