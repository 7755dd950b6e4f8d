using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A run that a decision accepts: <c>sessions.batch_queued_run</c>.</summary>
internal static class QueuedRunRow
{
    public static void Add(RowBuffer rows, int slot, DecisionRequest request)
    {
        foreach (var record in request.Records)
        {
            if (record.Event is RunQueued { Run: var run })
                Add(rows, slot, request.Place(record.Seq), run);
        }
    }

    private static void Add(RowBuffer rows, int slot, int place, Run run) => rows.Begin()
        .Integer(slot)
        .Text(run.Id.Value)
        .Integer(place)
        .Text(run.Agent.Value)
        .Text(StoredText.Of(run.IdempotencyKey))
        .Text(StoredText.Of(run.Fingerprint))
        .Integer(run.MaxAttempts)
        .Interval(run.Timeout)
        .Interval(run.QueueTimeout)
        .Text(StoredText.Of(run.Input))
        .BigInt(run.Generation)
        .Timestamp(run.QueuedAt)
        .Timestamp(run.QueueDeadline)
        .End();
}
