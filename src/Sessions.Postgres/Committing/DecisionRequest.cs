using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>What of the session the decision was committed onto.</summary>
/// <param name="Committed">False when its fence refused it.</param>
/// <param name="LastSeq">The last seq before it.</param>
/// <param name="HasOutput">Whether the running run had output.</param>
/// <param name="Lease">The running run's lease before it.</param>
/// <param name="Streamed">The text streamed by the run that it ended, where that became the run's output.</param>
internal sealed record DecisionOutcome(bool Committed, long LastSeq, bool HasOutput, Lease? Lease, string? Streamed)
{
    public static DecisionOutcome Conflict { get; } = new(false, 0, false, null, null);
}

/// <summary>
/// A decision that waits for its commit, sealed onto the state as it was loaded. The commit may find more output than
/// that, so the rows name seqs as places behind the last one, and the result is sealed again where it makes a difference.
/// </summary>
internal sealed class DecisionRequest : WriteRequest<DecisionOutcome>
{
    private readonly DecisionResult.Committed _provisional;

    public DecisionRequest(DecisionWrite write, SessionState state)
        : base(write.Key)
    {
        (Write, Before) = (write, state);
        _provisional = write.SealOnto(state, "");
        Records = _provisional.Records;
        Streaming = state.Active is { } active && Ends(write, active.Id) ? active : null;
        Bytes = 512 + Weight(write);
    }

    public DecisionWrite Write { get; }

    /// <summary>The state that it was decided on.</summary>
    public SessionState Before { get; }

    /// <summary>What it comes to, but for what output may change until the commit.</summary>
    public SessionState After => _provisional.State;

    /// <summary>True when the running run goes on under its lease, which output alone moves.</summary>
    public bool KeepsLease => After.Active is { } active && active.Id == Before.Active?.Id && active.Epoch == Before.Active.Epoch;

    /// <summary>How many versions it makes.</summary>
    public int Versions => _provisional.Next is null ? 1 : 2;

    /// <summary>Its log records, with seqs as if there were no more output.</summary>
    public ImmutableArray<LogRecord> Records { get; }

    /// <summary>The runs that it touches, as they are after it but for what output may change until the commit.</summary>
    public ImmutableArray<Run> Runs => _provisional switch
    {
        { Next: { } next } => [.. _provisional.Sealed.Runs.Where(run => !next.Runs.Any(later => later.Id == run.Id)), .. next.Runs],
        _ => _provisional.Sealed.Runs,
    };

    /// <summary>The idempotency keys that it gives a meaning.</summary>
    public ImmutableArray<KeyEntry> Keys =>
        _provisional.Next is { Keys.IsEmpty: false } next ? _provisional.Sealed.Keys.AddRange(next.Keys) : _provisional.Sealed.Keys;

    /// <summary>The running run, if the decision ends it and leaves its text to what was streamed.</summary>
    public Run? Streaming { get; }

    public override long Bytes { get; }

    /// <summary>The idempotency key that it gives a meaning.</summary>
    public string? NewKey => Keys.IsEmpty ? null : Keys[0].Key;

    /// <summary>The run that it accepts.</summary>
    public RunId? NewRun
    {
        get
        {
            foreach (var happened in Write.Events)
            {
                if (happened is RunQueued queued)
                    return queued.Run.Id;
            }

            return null;
        }
    }

    /// <summary>True once it is known to be committed.</summary>
    public bool IsCommitted => Outcome is { IsCompletedSuccessfully: true, Result.Committed: true };

    /// <summary>Where in the log a record of it stands, behind the last seq before it; from 1.</summary>
    public int Place(long provisionalSeq) => (int)(provisionalSeq - Before.LastSeq);

    /// <summary>The result as it was committed.</summary>
    public DecisionResult.Committed Sealed(DecisionOutcome outcome)
    {
        var (state, streamed) = (Before, StoredText.Back(outcome.Streamed) ?? "");
        if (outcome.LastSeq == state.LastSeq
            && outcome.Lease == state.Lease
            && streamed.Length == 0
            && outcome.HasOutput == (state.Active?.HasOutput ?? false))
        {
            return _provisional;
        }

        return Write.SealOnto(
            state with
            {
                LastSeq = outcome.LastSeq,
                Lease = outcome.Lease,
                Active = state.Active is { } active ? active with { HasOutput = outcome.HasOutput } : null,
            },
            streamed);
    }

    private static bool Ends(DecisionWrite write, RunId run)
    {
        foreach (var happened in write.Events)
        {
            if (happened is RunEnded { Run.Output: null } ended && ended.RunId == run)
                return true;
        }

        return false;
    }

    private static long Weight(DecisionWrite write)
    {
        var weight = 0L;
        foreach (var happened in write.Events)
        {
            weight += happened switch
            {
                RunQueued queued => queued.Run.Input.Length,
                RunEnded ended => (ended.Run.Output?.Length ?? 0) + (ended.Run.Usage?.Length ?? 0),
                _ => 256,
            };
        }

        return weight;
    }
}
