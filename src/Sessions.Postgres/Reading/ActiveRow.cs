using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A session's running run, as far as it stands in the session's row: the run's own row is still that of one that waits.</summary>
internal sealed record ActiveRow(string Run, WorkerId Worker, int Attempt, DateTimeOffset StartedAt, DateTimeOffset Deadline)
{
    public static readonly string[] Columns = ["active_run", "active_worker", "active_attempt", "active_started_at", "deadline"];

    /// <summary>The row's part; null when no run is running.</summary>
    public static ActiveRow? Read(ref RowReader row)
    {
        var (run, worker, attempt) = (row.Id(), row.Id(), row.Struct<int>());
        var (startedAt, deadline) = (row.Struct<DateTimeOffset>(), row.Struct<DateTimeOffset>());
        return run is null ? null : new ActiveRow(run, new(worker!), attempt!.Value, startedAt!.Value, deadline!.Value);
    }

    /// <summary>The run as it is.</summary>
    public Run Of(Run waiting, long epoch, bool hasOutput) => waiting with
    {
        Status = RunStatus.Running,
        Worker = Worker,
        Attempt = Attempt,
        Epoch = epoch,
        StartedAt = StartedAt,
        Deadline = Deadline,
        HasOutput = hasOutput,
    };
}
