using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>Something that happened to a session. A closed hierarchy; the wire's event types are its leaves.</summary>
public abstract record SessionEvent
{
    private protected SessionEvent()
    {
    }
}

/// <summary>An event about the session as a whole.</summary>
public abstract record SessionLifecycleEvent : SessionEvent
{
    private protected SessionLifecycleEvent()
    {
    }

    /// <summary>The session just after the event; null until <see cref="Sealer"/> fills it in at the commit.</summary>
    public SessionSnapshot? Session { get; init; }
}

/// <summary>The session exists.</summary>
/// <param name="Agent">The agent for sends that name none.</param>
/// <param name="Title">A title for people.</param>
/// <param name="Metadata">The client's own data.</param>
public sealed record SessionCreated(AgentName Agent, string? Title, ImmutableSortedDictionary<string, string> Metadata)
    : SessionLifecycleEvent;

/// <summary>Title or metadata changed, or an abort was asked for by a key that has not arrived yet.</summary>
/// <param name="Title">The title from now on.</param>
/// <param name="Metadata">The metadata from now on.</param>
/// <param name="Abort">The abort that waits for its key, if it is about one.</param>
public sealed record SessionUpdated(string? Title, ImmutableSortedDictionary<string, string> Metadata, PendingAbort? Abort)
    : SessionLifecycleEvent;

/// <summary>A new generation begins with this record.</summary>
public sealed record SessionReset : SessionLifecycleEvent;

/// <summary>The last record of a session.</summary>
public sealed record SessionDeleted : SessionLifecycleEvent;

/// <summary>An event about one run.</summary>
/// <param name="RunId">The run.</param>
public abstract record RunEvent(RunId RunId) : SessionEvent;

/// <summary>A run was accepted.</summary>
/// <param name="Run">The run, queued.</param>
public sealed record RunQueued(Run Run) : RunEvent(Run.Id);

/// <summary>A worker took the head of the queue.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Attempt">Which start of the run it is, from 1.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Epoch">The epoch of its lease.</param>
/// <param name="LeaseExpiresAt">When the lease expires unless it is extended.</param>
/// <param name="Deadline">When the attempt fails unless it is terminal.</param>
public sealed record RunStarted(
    RunId RunId, int Attempt, WorkerId Worker, long Epoch, DateTimeOffset LeaseExpiresAt, DateTimeOffset Deadline)
    : RunEvent(RunId);

/// <summary>The run lost its worker before any output and is the head of the queue again.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Attempt">
/// How many starts count so far: the lost one's number, or one less when its worker never learned of it.
/// </param>
/// <param name="Error">How.</param>
/// <param name="QueueDeadline">When it fails unless it has started again.</param>
public sealed record RunRequeued(RunId RunId, int Attempt, RunError Error, DateTimeOffset QueueDeadline) : RunEvent(RunId);

/// <summary>The run is terminal. Its output, when the decision gave none, is filled in by <see cref="Sealer"/>.</summary>
/// <param name="Run">The run as it stays.</param>
public abstract record RunEnded(Run Run) : RunEvent(Run.Id);

/// <summary>Terminal: answered.</summary>
/// <param name="Run">The run as it stays.</param>
public sealed record RunCompleted(Run Run) : RunEnded(Run);

/// <summary>Terminal: failed.</summary>
/// <param name="Run">The run as it stays.</param>
/// <param name="Phase">How far it had come.</param>
public sealed record RunFailed(Run Run, FailPhase Phase) : RunEnded(Run);

/// <summary>Terminal: aborted.</summary>
/// <param name="Run">The run as it stays.</param>
public sealed record RunAborted(Run Run) : RunEnded(Run);
