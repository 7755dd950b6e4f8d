using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A session's row, as far as it is not the runs'.</summary>
internal sealed record SessionRow
{
    public static readonly string[] Columns =
    [
        "deleted", "agent", "title", "metadata", "status", "rest", "binding_state", "binding_agent", "bound_by_active",
        "last_error_code", "last_error_message", "last_error_run", "last_error_at", "last_run", "last_run_status",
        "last_run_ended_at", "version", "generation", "generation_seq", "epoch", "created_at", "updated_at",
        .. ActiveRow.Columns, "queued_runs", "last_seq", "lease_expires_at", "lease_beats", "lease_batch", "has_output",
    ];

    /// <summary>All but the runs, which are only named.</summary>
    public required SessionState State { get; init; }

    public required SessionStatus Status { get; init; }

    public required ActiveRow? Active { get; init; }

    public required string[] QueuedRuns { get; init; }

    public required bool HasOutput { get; init; }

    /// <summary>The row; null where an outer join found none.</summary>
    public static SessionRow? Read(SessionKey key, ref RowReader row)
    {
        if (row.NextIsNull)
            return null;

        var state = new SessionState
        {
            Key = key,
            Existence = row.Value<bool>() ? SessionExistence.Deleted : SessionExistence.Live,
            Agent = new(row.Id()!),
            Title = row.Text(),
            Metadata = StoredMetadata.FromJson(row.Id()!),
        };
        var status = (SessionStatus)row.Value<short>();
        state = state with
        {
            Rest = (RestStatus)row.Value<short>(),
            Binding = ReadBinding(ref row),
            BoundByActive = row.Value<bool>(),
            LastError = ReadError(ref row),
            LastRun = ReadLastRun(ref row),
            Version = row.Value<long>(),
            Generation = row.Value<long>(),
            GenerationSeq = row.Value<long>(),
            Epoch = row.Value<long>(),
            CreatedAt = row.Value<DateTimeOffset>(),
            UpdatedAt = row.Value<DateTimeOffset>(),
        };
        var active = ActiveRow.Read(ref row);
        var queued = row.Value<string[]>();
        state = state with { LastSeq = row.Value<long>(), Lease = ReadLease(state.Epoch, ref row) };
        return new SessionRow
        {
            State = state,
            Status = status,
            Active = active,
            QueuedRuns = queued,
            HasOutput = row.Value<bool>(),
        };
    }

    /// <summary>The whole state, with the runs that the row names.</summary>
    public SessionState With(IReadOnlyDictionary<string, Run> runs) => State with
    {
        Active = Active?.Of(runs[Active.Run], State.Epoch, HasOutput),
        Queue = QueuedRuns.Length == 0 ? [] : [.. QueuedRuns.Select(run => runs[run])],
    };

    public SessionSnapshot Snapshot() => SessionSnapshot.Of(State) with
    {
        Status = Status,
        ActiveRun = Active is { } active ? new RunId(active.Run) : null,
        QueuedRuns = [.. QueuedRuns.Select(run => new RunId(run))],
    };

    private static Binding ReadBinding(ref RowReader row)
    {
        var state = (BindingState)row.Value<short>();
        return row.Id() is { } agent ? new Binding(state, new AgentName(agent)) : Binding.None;
    }

    private static SessionError? ReadError(ref RowReader row)
    {
        var (code, message, run, at) = (row.Text(), row.Text(), row.Id(), row.Struct<DateTimeOffset>());
        return code is null ? null : new SessionError(new(code, message!), new(run!), at!.Value);
    }

    private static LastRun? ReadLastRun(ref RowReader row)
    {
        var (run, status, at) = (row.Id(), row.Struct<short>(), row.Struct<DateTimeOffset>());
        return run is null ? null : new LastRun(new(run), (RunStatus)status!.Value, at!.Value);
    }

    private static Lease? ReadLease(long epoch, ref RowReader row)
    {
        var (expires, beats, batch) = (row.Struct<DateTimeOffset>(), row.Struct<long>(), row.Struct<long>());
        return expires is { } at ? new Lease(epoch, at, beats!.Value, batch) : null;
    }
}
