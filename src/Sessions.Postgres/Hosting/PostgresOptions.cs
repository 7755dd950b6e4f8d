namespace Sessions.Postgres;

/// <summary>What can be set about the store. The defaults suit a replica with two cores.</summary>
public sealed record PostgresOptions
{
    /// <summary>How many commits may be under way at the same time, each on its own connection. 1 to 16; default 3.</summary>
    public int Writers { get; init; } = 3;

    /// <summary>How many loads may be under way at the same time. 1 to 16; default 2.</summary>
    public int Loaders { get; init; } = 2;

    /// <summary>How many writes of a writer go into one commit, at most. 1 to 4096; default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How many writes may wait for a writer. At least the batch's size; default 4096.</summary>
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>How many bytes of text may wait for a writer. Default 64 MiB.</summary>
    public long QueueBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a write waits for room in the queue before it is refused as busy. Default 2 s.</summary>
    public TimeSpan QueueWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the outcome of a commit is looked for that was lost with its connection, before its callers are told that
    /// the store is unavailable. Default 5 s.
    /// </summary>
    public TimeSpan OutcomeWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many sessions' states are kept between a load and the decision on it. Default 8192.</summary>
    public int CachedStates { get; init; } = 8192;
}
