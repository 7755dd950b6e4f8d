using Npgsql;

namespace Sessions.Postgres;

/// <summary>What became of a batch; arrays by the places of its outputs, of its decisions, and of its changed runs.</summary>
internal sealed record CommitOutcome
{
    public required DateTimeOffset At { get; init; }

    /// <summary>By output: the version before the batch. Null, as all by output, when there is none.</summary>
    public required long[]? Version { get; init; }

    /// <summary>By output: whether its lease is the running run's.</summary>
    public required bool[]? Holds { get; init; }

    /// <summary>By output whose lease is lost: the run's status. Null when no lease was lost.</summary>
    public required short?[]? RunStatus { get; init; }

    /// <summary>By output: the last seq before the batch.</summary>
    public required long[]? LastSeq { get; init; }

    /// <summary>By output: how many rows landed.</summary>
    public required int[]? Landed { get; init; }

    /// <summary>By output: the lease before the batch.</summary>
    public required DateTimeOffset?[]? LeaseExpiresAt { get; init; }

    /// <inheritdoc cref="LeaseExpiresAt"/>
    public required long?[]? LeaseBeats { get; init; }

    /// <inheritdoc cref="LeaseExpiresAt"/>
    public required long?[]? LeaseBatch { get; init; }

    /// <summary>By decision: the session's row, if it was committed. Null, as all by decision, when there is none.</summary>
    public required long?[]? Decided { get; init; }

    /// <summary>By decision: the last seq before it, output of the batch included.</summary>
    public required long?[]? DecidedBehind { get; init; }

    /// <summary>By decision: whether the run that was running before it had output.</summary>
    public required bool?[]? HadOutput { get; init; }

    /// <summary>By decision: the lease after it.</summary>
    public required DateTimeOffset?[]? KeptExpiresAt { get; init; }

    /// <inheritdoc cref="KeptExpiresAt"/>
    public required long?[]? KeptBeats { get; init; }

    /// <inheritdoc cref="KeptExpiresAt"/>
    public required long?[]? KeptBatch { get; init; }

    /// <summary>By changed run: what it streamed, where it ends with that. Null when none does.</summary>
    public required string?[]? Texts { get; init; }

    public static CommitOutcome Read(NpgsqlDataReader reader, int from)
    {
        var row = new RowReader(reader, from);
        return new CommitOutcome
        {
            At = row.Value<DateTimeOffset>(),
            Version = row.Array<long>(),
            Holds = row.Array<bool>(),
            RunStatus = row.Array<short?>(),
            LastSeq = row.Array<long>(),
            Landed = row.Array<int>(),
            LeaseExpiresAt = row.Array<DateTimeOffset?>(),
            LeaseBeats = row.Array<long?>(),
            LeaseBatch = row.Array<long?>(),
            Decided = row.Array<long?>(),
            DecidedBehind = row.Array<long?>(),
            HadOutput = row.Array<bool?>(),
            KeptExpiresAt = row.Array<DateTimeOffset?>(),
            KeptBeats = row.Array<long?>(),
            KeptBatch = row.Array<long?>(),
            Texts = row.Array<string?>(),
        };
    }
}
