using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A run that a decision changes, as it is after it: <c>sessions.batch_changed_run</c>.</summary>
internal sealed class ChangedRunRow
{
    public required int Slot { get; init; }

    public required string Run { get; init; }

    public required short Status { get; init; }

    public required int Attempt { get; init; }

    public string? Worker { get; init; }

    public required long Epoch { get; init; }

    public DateTimeOffset? QueueDeadline { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? EndedPlace { get; init; }

    public string? Output { get; init; }

    public string? Usage { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public short? AbortReason { get; init; }

    public required bool WasActive { get; init; }

    /// <summary>It ends with the text that it has streamed behind <see cref="FromSeq"/>.</summary>
    public required bool Streams { get; init; }

    public required long FromSeq { get; init; }

    /// <summary>Adds those of a decision.</summary>
    /// <returns>The place of the run that ends with what it has streamed; -1 when there is none.</returns>
    public static int AddTo(List<ChangedRunRow> rows, int slot, DecisionRequest request)
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

            rows.Add(Of(slot, run, request, streams));
        }

        return streaming;
    }

    private static ChangedRunRow Of(int slot, Run run, DecisionRequest request, bool streams) => new()
    {
        Slot = slot,
        Run = run.Id.Value,
        Status = (short)run.Status,
        Attempt = run.Attempt,
        Worker = run.Worker?.Value,
        Epoch = run.Epoch,
        QueueDeadline = run.QueueDeadline,
        StartedAt = run.StartedAt,
        Deadline = run.Deadline,
        EndedAt = run.EndedAt,
        EndedPlace = run.IsTerminal ? request.Place(run.EndedSeq) : null,
        Output = streams ? null : StoredText.Of(run.Output),
        Usage = StoredText.Of(run.Usage),
        ErrorCode = StoredText.Of(run.Error?.Code),
        ErrorMessage = StoredText.Of(run.Error?.Message),
        AbortReason = (short?)run.AbortReason,
        WasActive = request.Before.Active?.Id == run.Id,
        Streams = streams,
        FromSeq = run.QueuedSeq,
    };
}
