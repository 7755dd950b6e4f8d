using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A run's row.</summary>
internal static class RunRow
{
    public static readonly string[] Columns =
    [
        "run", "agent", "status", "idempotency_key", "fingerprint", "attempt", "max_attempts", "timeout", "queue_timeout", "worker",
        "epoch", "input", "output", "usage", "error_code", "error_message", "abort_reason", "generation", "queued_seq", "ended_seq",
        "has_output", "queued_at", "queue_deadline", "started_at", "deadline", "ended_at",
    ];

    /// <summary>The run; null where an outer join found none.</summary>
    public static Run? Read(ref RowReader row)
    {
        if (row.Id() is not { } id)
            return null;

        return new Run
        {
            Id = new(id),
            Agent = new(row.Id()!),
            Status = (RunStatus)row.Value<short>(),
            IdempotencyKey = row.Text(),
            Fingerprint = row.Text(),
            Attempt = row.Value<int>(),
            MaxAttempts = row.Value<int>(),
            Timeout = row.Value<TimeSpan>(),
            QueueTimeout = row.Value<TimeSpan>(),
            Worker = row.Id() is { } worker ? new WorkerId(worker) : null,
            Epoch = row.Value<long>(),
            Input = row.Text()!,
            Output = row.Text(),
            Usage = row.Text(),
            Error = ReadError(ref row),
            AbortReason = (AbortReason?)row.Struct<short>(),
            Generation = row.Value<long>(),
            QueuedSeq = row.Value<long>(),
            EndedSeq = row.Value<long>(),
            HasOutput = row.Value<bool>(),
            QueuedAt = row.Value<DateTimeOffset>(),
            QueueDeadline = row.Value<DateTimeOffset>(),
            StartedAt = row.Struct<DateTimeOffset>(),
            Deadline = row.Struct<DateTimeOffset>(),
            EndedAt = row.Struct<DateTimeOffset>(),
        };
    }

    private static RunError? ReadError(ref RowReader row)
    {
        var code = row.Text();
        var message = row.Text();
        return code is null ? null : new RunError(code, message!);
    }
}
