using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>What deciding needs, at one moment.</summary>
/// <param name="State">The session.</param>
/// <param name="Facts">What the command's key and run stand for.</param>
/// <param name="Now">The store's clock.</param>
public sealed record LoadedSession(SessionState State, Facts Facts, DateTimeOffset Now);

/// <summary>A decision to commit.</summary>
/// <param name="Key">The session.</param>
/// <param name="ExpectedVersion">The version that it was decided on; 0 for a session that is to be created.</param>
/// <param name="ExpectedBeats">When not null: the lease's beats that it was decided on.</param>
/// <param name="Events">What happens.</param>
/// <param name="At">When it was decided, by the store's clock.</param>
public sealed record DecisionWrite(
    SessionKey Key, long ExpectedVersion, long? ExpectedBeats, ImmutableArray<SessionEvent> Events, DateTimeOffset At)
{
    /// <summary>
    /// True when it was decided on what the store recalled: it conflicts, beside the version, when the clock was not what
    /// was guessed, or when the idempotency key or the id of the run that it accepts stands for something already.
    /// </summary>
    public bool IsRecalled { get; init; }

    /// <summary>
    /// What is decided next, on what the first comes to, at the same time: a version of its own, committed together with the
    /// first or not at all. Empty for nothing.
    /// </summary>
    public ImmutableArray<SessionEvent> Next { get; init; } = [];

    /// <summary>Seals it onto a session.</summary>
    /// <param name="state">The session at the commit.</param>
    /// <param name="streamed">The text streamed so far by the active run; empty when none was.</param>
    public DecisionResult.Committed SealOnto(SessionState state, string streamed)
    {
        var first = Sealer.Seal(state, Events, At, streamed);
        return new(first) { Next = Next.IsEmpty ? null : Sealer.Seal(first.State, Next, At, "") };
    }
}

/// <summary>What became of a decision.</summary>
public abstract record DecisionResult
{
    private DecisionResult()
    {
    }

    /// <summary>It is true.</summary>
    /// <param name="Sealed">As it was committed.</param>
    public sealed record Committed(SealedDecision Sealed) : DecisionResult
    {
        /// <summary>What was decided next, where there was something.</summary>
        public SealedDecision? Next { get; init; }

        /// <summary>The session after all of it.</summary>
        public SessionState State => (Next ?? Sealed).State;

        /// <summary>The log records of all of it.</summary>
        public ImmutableArray<LogRecord> Records => Next is null ? Sealed.Records : Sealed.Records.AddRange(Next.Records);
    }

    /// <summary>Something else was decided first: load and decide again.</summary>
    public sealed record Conflict : DecisionResult
    {
        /// <summary>The only one.</summary>
        public static Conflict Instance { get; } = new();
    }
}

/// <summary>Output to commit; a heartbeat when there are no events.</summary>
/// <param name="Key">The session.</param>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The writer's epoch.</param>
/// <param name="Batch">The batch's number, or null.</param>
/// <param name="Events">The output, in order.</param>
/// <param name="LeaseTtl">How long the lease holds from now on.</param>
public sealed record OutputWrite(
    SessionKey Key, RunId Run, long Epoch, long? Batch, ImmutableArray<OutputEvent> Events, TimeSpan LeaseTtl);

/// <summary>What became of output.</summary>
public abstract record OutputResult
{
    private OutputResult()
    {
    }

    /// <summary>It is in the log.</summary>
    /// <param name="Records">Its records; empty for a heartbeat.</param>
    /// <param name="Lease">The lease, extended.</param>
    public sealed record Landed(ImmutableArray<LogRecord> Records, Lease Lease) : OutputResult;

    /// <summary>The batch had landed before; nothing was written.</summary>
    /// <param name="Lease">The lease as it is.</param>
    public sealed record Repeated(Lease Lease) : OutputResult;

    /// <summary>A batch before this one is missing; nothing was written.</summary>
    /// <param name="Expected">The number that can land next.</param>
    public sealed record OutOfOrder(long Expected) : OutputResult;

    /// <summary>The lease is not the running run's; nothing was written.</summary>
    /// <param name="Status">The run's status; null when there is no such run.</param>
    public sealed record Lost(RunStatus? Status) : OutputResult;
}

/// <summary>Which sessions to list.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Status">Only those that stand so.</param>
/// <param name="Active">Only those with, or without, a queued or running run.</param>
/// <param name="Agent">Only those of this agent.</param>
/// <param name="Limit">The page's size.</param>
/// <param name="Cursor">The place to go on from, as the store gave it.</param>
public sealed record SessionQuery(
    TenantId Tenant, SessionStatus? Status, bool? Active, AgentName? Agent, int Limit, string? Cursor)
{
    /// <summary>True when the session is one to list.</summary>
    public bool Matches(SessionState state) =>
        state.Existence == SessionExistence.Live
        && (Active is not { } active || state.HasActiveRun == active)
        && (Agent is not { } agent || state.Agent == agent)
        && (Status is not { } status || SessionSnapshot.StatusOf(state) == status);
}

/// <summary>A page of sessions.</summary>
/// <param name="Items">Newest change first.</param>
/// <param name="Next">The place to go on from; null on the last page.</param>
public sealed record SessionList(IReadOnlyList<SessionSnapshot> Items, string? Next);

/// <summary>Sessions that changed.</summary>
/// <param name="Items">The sessions.</param>
/// <param name="Now">The store's clock at the read: ask from a little before it the next time.</param>
public sealed record ChangedSessions(IReadOnlyList<SessionId> Items, DateTimeOffset Now);

/// <summary>A message of a session's transcript.</summary>
/// <param name="Run">The run that it belongs to.</param>
/// <param name="FromUser">True for what was sent, false for what was answered.</param>
/// <param name="Text">The text.</param>
/// <param name="Status">The run's status.</param>
/// <param name="At">When it was said.</param>
/// <param name="Seq">The log record that it came with.</param>
public sealed record Message(RunId Run, bool FromUser, string Text, RunStatus Status, DateTimeOffset At, long Seq)
{
    /// <summary>What was sent.</summary>
    public static Message Sent(Run run) => new(run.Id, true, run.Input, run.Status, run.QueuedAt, run.QueuedSeq);

    /// <summary>What was answered; null when there is nothing to show.</summary>
    public static Message? Answered(Run run) =>
        run is { IsTerminal: true, Output: { } text } && (text.Length > 0 || run.Status == RunStatus.Completed)
            ? new(run.Id, false, text, run.Status, run.EndedAt!.Value, run.EndedSeq)
            : null;
}
