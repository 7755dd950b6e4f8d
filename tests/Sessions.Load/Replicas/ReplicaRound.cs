namespace Sessions.Load;

/// <summary>What a replica's process did for an order; one line of JSON on its standard output.</summary>
internal sealed record ReplicaRound
{
    /// <summary>Runs that were accepted and ended, or deltas that were written.</summary>
    public required long Done { get; init; }

    /// <summary>Runs that were accepted and ended, where it is not they that are counted above.</summary>
    public long Runs { get; init; }

    public required double Seconds { get; init; }

    /// <summary>A <see cref="Histogram"/>'s buckets.</summary>
    public required IReadOnlyList<long[]> Latencies { get; init; }

    public required long LatencyMax { get; init; }

    /// <summary>What the store's meter says.</summary>
    public required StoreCounts Store { get; init; }

    public required double CpuSeconds { get; init; }

    /// <summary>The database server's, for whomever it worked meanwhile; 0 when it is on another machine.</summary>
    public required double ServerCpuSeconds { get; init; }

    public required long Allocated { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }
}

/// <summary>Group commit in numbers.</summary>
/// <param name="Commits">How many commits.</param>
/// <param name="Writes">How many writes they held.</param>
/// <param name="Seconds">How long they took, one after another.</param>
internal readonly record struct StoreCounts(long Commits, long Writes, double Seconds)
{
    public StoreCounts Since(StoreCounts earlier) => new(Commits - earlier.Commits, Writes - earlier.Writes, Seconds - earlier.Seconds);
}
