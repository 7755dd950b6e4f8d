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
internal sealed class DecisionRequest(DecisionWrite write, SessionState state) : WriteRequest<DecisionOutcome>(write.Key)
{
    private readonly SealedDecision _provisional = Sealer.Seal(state, write.Events, write.At, "");

    public DecisionWrite Write => write;

    /// <summary>The state that it was decided on.</summary>
    public SessionState Before => state;

    /// <summary>What it comes to, but for what output may change until the commit.</summary>
    public SealedDecision Provisional => _provisional;

    /// <summary>The running run, if the decision ends it and leaves its text to what was streamed.</summary>
    public Run? Streaming { get; } = state.Active is { } active && Ends(write, active.Id) ? active : null;

    public override long Bytes { get; } = 512 + Weight(write);

    /// <summary>The idempotency key that it gives a meaning.</summary>
    public string? NewKey => _provisional.Keys.IsDefaultOrEmpty ? null : _provisional.Keys[0].Key;

    /// <summary>The run that it accepts.</summary>
    public RunId? NewRun
    {
        get
        {
            foreach (var happened in write.Events)
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
    public int Place(long provisionalSeq) => (int)(provisionalSeq - state.LastSeq);

    /// <summary>The result as it was committed.</summary>
    public SealedDecision Sealed(DecisionOutcome outcome)
    {
        var streamed = StoredText.Back(outcome.Streamed) ?? "";
        if (outcome.LastSeq == state.LastSeq
            && outcome.Lease == state.Lease
            && streamed.Length == 0
            && outcome.HasOutput == (state.Active?.HasOutput ?? false))
        {
            return _provisional;
        }

        var found = state with
        {
            LastSeq = outcome.LastSeq,
            Lease = outcome.Lease,
            Active = state.Active is { } active ? active with { HasOutput = outcome.HasOutput } : null,
        };
        return Sealer.Seal(found, write.Events, write.At, streamed);
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
