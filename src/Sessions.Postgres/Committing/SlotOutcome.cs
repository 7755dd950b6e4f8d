using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Tells the writes to one session what became of them.</summary>
internal static class SlotOutcome
{
    /// <param name="slot">The session's writes.</param>
    /// <param name="outcome">What the database did.</param>
    /// <param name="at">The session's place.</param>
    /// <param name="streamed">The text of the run that ended with what it streamed.</param>
    public static void Deliver(SessionSlot slot, CommitOutcome outcome, int at, string? streamed)
    {
        var lease = outcome.LeaseExpiresAt[at] is { } expires
            ? new Lease(0, expires, outcome.LeaseBeats[at]!.Value, outcome.LeaseBatch[at])
            : null;
        var lastSeq = outcome.LastSeq[at];
        if (slot.Outputs.Count > 0)
        {
            if (outcome.Holds[at])
                lease = DeliverOutput(slot, outcome, at, lease!, ref lastSeq);
            else
                LoseOutput(slot, outcome, at);
        }

        if (slot.Decision is not { } decision)
            return;

        decision.Complete(outcome.Decided[at]
            ? new DecisionOutcome(
                true, lastSeq, outcome.HasOutput[at], lease is null ? null : lease with { Epoch = decision.Before.Epoch }, streamed)
            : DecisionOutcome.Conflict);
    }

    private static Lease DeliverOutput(
        SessionSlot slot, CommitOutcome outcome, int at, Lease lease, ref long lastSeq)
    {
        var before = lastSeq;
        foreach (var output in slot.Outputs)
        {
            lease = lease with { Epoch = output.Write.Epoch };
            switch (LeaseFence.CheckOrder(lease, output.Write.Batch))
            {
                case LeaseVerdict.Repeated:
                    output.Complete(new OutputResult.Repeated(lease));
                    break;
                case LeaseVerdict.OutOfOrder disorder:
                    output.Complete(new OutputResult.OutOfOrder(disorder.Expected));
                    break;
                default:
                    lease = lease.Extend(outcome.At + slot.Outputs[^1].Write.LeaseTtl, output.Write.Batch);
                    output.Complete(new OutputResult.Landed(Records(output, outcome.At, ref lastSeq, outcome.Version[at]), lease));
                    break;
            }
        }

        return lastSeq - before == outcome.Landed[at]
            ? lease
            : throw new InvalidOperationException(
                $"Of the output of session {slot.Key}, {outcome.Landed[at]} rows landed where {lastSeq - before} should have.");
    }

    private static ImmutableArray<LogRecord> Records(OutputRequest output, DateTimeOffset at, ref long lastSeq, long version)
    {
        var records = ImmutableArray.CreateBuilder<LogRecord>(output.Write.Events.Length);
        foreach (var happened in output.Write.Events)
            records.Add(new LogRecord(++lastSeq, version, at, happened));

        return records.MoveToImmutable();
    }

    private static void LoseOutput(SessionSlot slot, CommitOutcome outcome, int at)
    {
        var status = (RunStatus?)outcome.RunStatus?[at];
        foreach (var output in slot.Outputs)
            output.Complete(new OutputResult.Lost(status));
    }
}
