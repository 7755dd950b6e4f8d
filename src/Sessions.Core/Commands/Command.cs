using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>Something that is asked of a session. A closed hierarchy; <see cref="Decider"/> answers each.</summary>
public abstract record Command
{
    private protected Command()
    {
    }

    /// <summary>The idempotency key to look up as a fact, if the command names one.</summary>
    public virtual string? KeyToLookUp => null;

    /// <summary>The run to look up as a fact, if the command names one.</summary>
    public virtual RunId? RunToLookUp => null;
}

/// <summary>Create the session, or agree that it exists as asked for.</summary>
/// <param name="Agent">The agent for sends that name none; the default when null.</param>
/// <param name="Title">A title for people.</param>
/// <param name="Metadata">The client's own data.</param>
/// <param name="Agents">The agents there are.</param>
public sealed record CreateSession(
    AgentName? Agent, string? Title, ImmutableSortedDictionary<string, string>? Metadata, KnownAgents Agents) : Command;

/// <summary>Change what is given.</summary>
/// <param name="Title">The new title, an empty one to remove it; null to keep it.</param>
/// <param name="Metadata">The new metadata as a whole; null to keep them.</param>
public sealed record UpdateSession(string? Title, ImmutableSortedDictionary<string, string>? Metadata) : Command;

/// <summary>Send a message: have an agent run.</summary>
public sealed record SendMessage : Command
{
    /// <summary>The id that the run gets.</summary>
    public required RunId RunId { get; init; }

    /// <summary>What is said.</summary>
    public required string Text { get; init; }

    /// <summary>The agent named by the sender.</summary>
    public AgentName? Agent { get; init; }

    /// <summary>Makes the send idempotent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A hash of the payload.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What to do when the session has a run.</summary>
    public IfBusy IfBusy { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long it may wait to start.</summary>
    public required TimeSpan QueueTimeout { get; init; }

    /// <summary>How often it may be started when workers are lost.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>How many runs may wait behind the one that runs or is about to.</summary>
    public required int MaxQueued { get; init; }

    /// <summary>The agents there are.</summary>
    public required KnownAgents Agents { get; init; }

    /// <inheritdoc/>
    public override string? KeyToLookUp => IdempotencyKey;

    /// <inheritdoc/>
    public override RunId? RunToLookUp => RunId;
}

/// <summary>What a send does when the session has a run.</summary>
public enum IfBusy
{
    /// <summary>Wait in the queue.</summary>
    Enqueue,

    /// <summary>Be refused.</summary>
    Reject,

    /// <summary>Abort the active run, then run.</summary>
    Interrupt,
}

/// <summary>Give the head of the queue to a worker.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Agents">The agents that it runs.</param>
/// <param name="LeaseTtl">How long the lease holds unless it is extended.</param>
public sealed record StartRun(WorkerId Worker, IReadOnlySet<AgentName> Agents, TimeSpan LeaseTtl) : Command;

/// <summary>A worker reports that its run is answered.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The worker's epoch.</param>
/// <param name="Text">The whole answer; what was streamed when null.</param>
/// <param name="Usage">A JSON object, or null.</param>
public sealed record CompleteRun(RunId RunId, long Epoch, string? Text, string? Usage) : Command
{
    /// <inheritdoc/>
    public override RunId? RunToLookUp => RunId;
}

/// <summary>A worker reports that its run failed.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The worker's epoch.</param>
/// <param name="Error">Why.</param>
/// <param name="Phase">How far it had come.</param>
public sealed record FailRun(RunId RunId, long Epoch, RunError Error, FailPhase Phase) : Command
{
    /// <inheritdoc/>
    public override RunId? RunToLookUp => RunId;
}

/// <summary>
/// Take back a start that its worker never learned of: whoever asked for it was gone before the answer. The run is queued
/// again as if it had not been started. Refused once the worker was heard from.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The epoch of that start.</param>
public sealed record ReturnRun(RunId RunId, long Epoch) : Command
{
    /// <inheritdoc/>
    public override RunId? RunToLookUp => RunId;
}

/// <summary>Abort one run, by id or key, or every run of the session.</summary>
/// <param name="RunId">The run to abort.</param>
/// <param name="IdempotencyKey">The key of the send whose run to abort; it may not have arrived yet.</param>
/// <param name="Reason">Why.</param>
/// <param name="Agents">The agents there are: a key may come before its session exists.</param>
public sealed record AbortRuns(RunId? RunId, string? IdempotencyKey, AbortReason Reason, KnownAgents Agents) : Command
{
    /// <inheritdoc/>
    public override string? KeyToLookUp => IdempotencyKey;

    /// <inheritdoc/>
    public override RunId? RunToLookUp => RunId;
}

/// <summary>End what is due by the store's clock: an expired lease, an execution or a queue deadline.</summary>
public sealed record ExpireDue : Command;

/// <summary>Abort everything and begin a new generation.</summary>
public sealed record ResetSession : Command;

/// <summary>Abort everything and delete the session for good.</summary>
public sealed record DeleteSession : Command;

/// <summary>The agents that runs can be sent to.</summary>
/// <param name="Names">All of them.</param>
/// <param name="Default">The one for sessions that name none; it is one of them.</param>
public sealed record KnownAgents(IReadOnlySet<AgentName> Names, AgentName Default);
