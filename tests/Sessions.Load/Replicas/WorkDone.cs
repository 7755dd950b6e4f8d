namespace Sessions.Load;

/// <summary>What an order's work came to.</summary>
/// <param name="Done">How much.</param>
/// <param name="Elapsed">In what time.</param>
/// <param name="Latencies">How long each took.</param>
/// <param name="AuditAsync">Looks, outside of what is measured, at what came of it; returns the faults.</param>
internal sealed record WorkDone(
    long Done, TimeSpan Elapsed, Histogram Latencies, Func<CancellationToken, Task<IReadOnlyList<string>>> AuditAsync)
{
    /// <summary>Runs that were ended, where it is not they that are counted.</summary>
    public long Runs { get; init; }

    /// <summary>For work that only the database's audit looks at.</summary>
    public static Task<IReadOnlyList<string>> NoFaults(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}
