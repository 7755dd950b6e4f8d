using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>What came of a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>The command can't be carried out; nothing changes.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : Decision;

    /// <summary>Things stand as the command wants them; nothing changes.</summary>
    /// <param name="Outcome">How they stand.</param>
    public sealed record Unchanged(Outcome Outcome) : Decision;

    /// <summary>These events happen, all or none.</summary>
    /// <param name="Events">At least one.</param>
    /// <param name="Outcome">How things will stand.</param>
    /// <param name="ExpectedBeats">
    /// When not null: the decision rests on the lease's silence, and holds only if <see cref="Lease.Beats"/> is still this.
    /// </param>
    public sealed record Accepted(ImmutableArray<SessionEvent> Events, Outcome Outcome, long? ExpectedBeats) : Decision;
}

/// <summary>How things stand after a command.</summary>
public abstract record Outcome
{
    private protected Outcome()
    {
    }
}

/// <summary>Of create, update, reset and delete.</summary>
/// <param name="Session">The session.</param>
/// <param name="Created">True when the command created it.</param>
public sealed record SessionOutcome(SessionSnapshot Session, bool Created = false) : Outcome;

/// <summary>About one run.</summary>
/// <param name="Run">The run; null when there was none to start.</param>
public abstract record RunOutcome(Run? Run) : Outcome;

/// <summary>Of a send.</summary>
/// <param name="Run">The run.</param>
/// <param name="Deduplicated">True when an earlier send had made it.</param>
public sealed record SendOutcome(Run Run, bool Deduplicated) : RunOutcome(Run);

/// <summary>Of a start.</summary>
/// <param name="Run">The started run; null when it ended runs that could only fail instead.</param>
public sealed record StartOutcome(Run? Run) : RunOutcome(Run);

/// <summary>Of complete and fail.</summary>
/// <param name="Run">The run, terminal or queued again.</param>
public sealed record ReportOutcome(Run Run) : RunOutcome(Run);

/// <summary>Of an abort.</summary>
/// <param name="Aborted">The runs that it made terminal, queued ones first.</param>
/// <param name="AlreadyTerminal">The named run, when it had ended before.</param>
/// <param name="Pending">True when the named key has not arrived yet.</param>
public sealed record AbortOutcome(
    ImmutableArray<RunId> Aborted, ImmutableArray<RunId> AlreadyTerminal, bool Pending) : Outcome
{
    /// <summary>Nothing was there to abort.</summary>
    public static AbortOutcome Nothing { get; } = new([], [], false);
}

/// <summary>Of <see cref="ExpireDue"/>.</summary>
/// <param name="Ended">How many runs it ended or queued again.</param>
public sealed record DueOutcome(int Ended) : Outcome;
