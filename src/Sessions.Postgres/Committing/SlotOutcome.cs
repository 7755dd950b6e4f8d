using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Tells the writes to one session what became of them.</summary>
internal static class SlotOutcome
{
    /// <param name="slot">The session's writes.</param>
    /// <param name="outcome">What the database did.</param>
    /// <param name="places">Where the session's rows are.</param>
    /// <param name="streamed">The text of the run that ended with what it streamed.</param>
    public static void Deliver(SessionSlot slot, CommitOutcome outcome, SlotPlaces places, string? streamed)
    {
        if (slot.Outputs.Count > 0)
        {
            if (outcome.Holds![places.Output])
                DeliverOutput(slot, outcome, places.Output);
            else
                LoseOutput(slot, outcome, places.Output);
        }

        if (slot.Decision is { } decision)
            decision.Complete(Of(decision, outcome, places.Decision, streamed));
    }

    private static DecisionOutcome Of(DecisionRequest decision, CommitOutcome outcome, int at, string? streamed)
    {
        if (outcome.Decided?[at] is null)
            return DecisionOutcome.Conflict;

        // A lease that goes on is as output has left it; of one that ended, nothing depends on that any more.
        var lease = decision.Before.Lease;
        if (decision.KeepsLease)
        {
            lease = new Lease(
                decision.Before.Epoch, outcome.KeptExpiresAt![at]!.Value, outcome.KeptBeats![at]!.Value, outcome.KeptBatch![at]);
        }

        return new DecisionOutcome(true, outcome.DecidedBehind![at]!.Value, outcome.HadOutput![at]!.Value, lease, streamed);
    }

    private static void DeliverOutput(SessionSlot slot, CommitOutcome outcome, int at)
    {
        var lease = new Lease(0, outcome.LeaseExpiresAt![at]!.Value, outcome.LeaseBeats![at]!.Value, outcome.LeaseBatch![at]);
        var before = outcome.LastSeq![at];
        var lastSeq = before;
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
                    output.Complete(new OutputResult.Landed(Records(output, outcome.At, ref lastSeq, outcome.Version![at]), lease));
                    break;
            }
        }

        if (lastSeq - before != outcome.Landed![at])
        {
            throw new InvalidOperationException(
                $"Of the output of session {slot.Key}, {outcome.Landed[at]} rows landed where {lastSeq - before} should have.");
        }
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
