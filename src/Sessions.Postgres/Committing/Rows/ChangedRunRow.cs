using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A run that a decision changes, as it is after it: <c>sessions.batch_changed_run</c>.</summary>
internal static class ChangedRunRow
{
    /// <summary>Adds those of a decision.</summary>
    /// <returns>The place of the run that ends with what it has streamed; -1 when there is none.</returns>
    public static int Add(RowBuffer rows, int slot, DecisionRequest request)
    {
        var streaming = -1;
        foreach (var run in request.Runs)
        {
            // What is accepted has rows of its own; what starts stands in its session's row. A run whose start was taken
            // back counts no attempt, but had an epoch.
            if (run.Status == RunStatus.Running || (run.Status == RunStatus.Queued && run.Epoch == 0))
                continue;

            var streams = request.Streaming?.Id == run.Id && run.IsTerminal;
            if (streams)
                streaming = rows.Count;

            Add(rows, slot, run, request, streams);
        }

        return streaming;
    }

    private static void Add(RowBuffer rows, int slot, Run run, DecisionRequest request, bool streams) => rows.Begin()
        .Integer(slot)
        .Text(run.Id.Value)
        .SmallInt((short)run.Status)
        .Integer(run.Attempt)
        .Text(run.Worker?.Value)
        .BigInt(run.Epoch)
        .Timestamp(run.QueueDeadline)
        .Timestamp(run.StartedAt)
        .Timestamp(run.Deadline)
        .Timestamp(run.EndedAt)
        .Integer(run.IsTerminal ? request.Place(run.EndedSeq) : null)
        .Text(streams ? null : StoredText.Of(run.Output))
        .Text(StoredText.Of(run.Usage))
        .Text(StoredText.Of(run.Error?.Code))
        .Text(StoredText.Of(run.Error?.Message))
        .SmallInt((short?)run.AbortReason)
        .Boolean(request.Before.Active?.Id == run.Id)
        .Boolean(streams)
        .BigInt(run.QueuedSeq)
        .End();
}
