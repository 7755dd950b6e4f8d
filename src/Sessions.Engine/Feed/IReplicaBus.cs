using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Carries hints between replicas. It may lose them, repeat them and mix up their order: every reader of it looks at the
/// store, and a slow poll makes up for what was lost (invariant 31).
/// </summary>
public interface IReplicaBus
{
    /// <summary>False when there is no other replica and so nothing to repair.</summary>
    bool IsShared { get; }

    /// <summary>Sends a hint to the other replicas, without waiting.</summary>
    void Post(Wakeup wakeup);

    /// <summary>Hears the other replicas' hints until disposed.</summary>
    IDisposable Listen(Action<Wakeup> heard);

    /// <summary>Sends what was committed here, as a hint or as a whole, without waiting.</summary>
    void Post(Commit commit) => Post(Wakeup.Of(commit));

    /// <summary>Hears commits of other replicas that come as a whole, until disposed. Null where they come as hints only.</summary>
    IDisposable? ListenToCommits(Action<Commit> heard) => null;

    /// <summary>
    /// Somebody here follows a session until it is disposed: for a bus that carries to a replica only what it asked for. Null
    /// where everything comes anyway.
    /// </summary>
    IDisposable? Follow(SessionKey key) => null;

    /// <summary>As <see cref="Follow"/>, for a watcher of a tenant.</summary>
    IDisposable? Watch(TenantId tenant) => null;

    /// <summary>Tells the other replicas of workers, without waiting.</summary>
    void Post(WorkerNews news);

    /// <summary>Hears of the other replicas' workers until disposed.</summary>
    IDisposable ListenToWorkers(Action<WorkerNews> heard);
}

/// <summary>A hint: this session's log has grown.</summary>
/// <param name="Key">The session.</param>
/// <param name="LastSeq">How far, at least.</param>
/// <param name="Decided">True when watchers have something to see.</param>
/// <param name="Ready">The agent of the run that is ready to start.</param>
/// <param name="Signals">The workers to tell that their run is over.</param>
public sealed record Wakeup(
    SessionKey Key, long LastSeq, bool Decided, AgentName? Ready, ImmutableArray<WorkerSignal> Signals)
{
    /// <summary>The hint of a commit.</summary>
    public static Wakeup Of(Commit commit) => new(commit.Key, commit.LastSeq, commit.Decided, commit.Ready, commit.Signals);
}

/// <summary>The bus of a replica that is alone.</summary>
public sealed class NoReplicaBus : IReplicaBus
{
    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public void Post(Wakeup wakeup)
    {
    }

    /// <inheritdoc/>
    public IDisposable Listen(Action<Wakeup> heard) => new Nothing();

    /// <inheritdoc/>
    public void Post(WorkerNews news)
    {
    }

    /// <inheritdoc/>
    public IDisposable ListenToWorkers(Action<WorkerNews> heard) => new Nothing();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
