using Npgsql;

namespace Sessions.Postgres;

/// <summary>What became of a batch; arrays by the sessions' places in it.</summary>
internal sealed record CommitOutcome
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the session exists.</summary>
    public required bool[] Found { get; init; }

    /// <summary>The version before the batch.</summary>
    public required long[] Version { get; init; }

    /// <summary>Whether the output's lease is the running run's.</summary>
    public required bool[] Holds { get; init; }

    /// <summary>Of output whose lease is lost: the run's status. Null when no lease was lost.</summary>
    public required short?[]? RunStatus { get; init; }

    /// <summary>The last seq before the batch.</summary>
    public required long[] LastSeq { get; init; }

    /// <summary>How many rows of output landed.</summary>
    public required int[] Landed { get; init; }

    /// <summary>The lease before the batch.</summary>
    public required DateTimeOffset?[] LeaseExpiresAt { get; init; }

    /// <inheritdoc cref="LeaseExpiresAt"/>
    public required long?[] LeaseBeats { get; init; }

    /// <inheritdoc cref="LeaseExpiresAt"/>
    public required long?[] LeaseBatch { get; init; }

    /// <summary>Whether the decision was committed.</summary>
    public required bool[] Decided { get; init; }

    /// <summary>Whether the running run had output, that of the batch included.</summary>
    public required bool[] HasOutput { get; init; }

    /// <summary>By the changed run's place: what it streamed, where it ends with that. Null when none does.</summary>
    public required string?[]? Texts { get; init; }

    public static CommitOutcome Read(NpgsqlDataReader reader, int from)
    {
        var row = new RowReader(reader, from);
        return new CommitOutcome
        {
            At = row.Value<DateTimeOffset>(),
            Found = row.Value<bool[]>(),
            Version = row.Value<long[]>(),
            Holds = row.Value<bool[]>(),
            RunStatus = row.Array<short?>(),
            LastSeq = row.Value<long[]>(),
            Landed = row.Value<int[]>(),
            LeaseExpiresAt = row.Value<DateTimeOffset?[]>(),
            LeaseBeats = row.Value<long?[]>(),
            LeaseBatch = row.Value<long?[]>(),
            Decided = row.Value<bool[]>(),
            HasOutput = row.Value<bool[]>(),
            Texts = row.Array<string?>(),
        };
    }
}
