using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sessions.Load;

/// <summary>Durations from any number of threads, which do not meet while they record.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentDictionary<int, Histogram> _histograms = new();

    /// <summary>Records what has passed since a <see cref="Stopwatch"/> timestamp.</summary>
    public void Since(long timestamp) => Record(Stopwatch.GetTimestamp() - timestamp);

    /// <summary>Records a duration in ticks of the <see cref="Stopwatch"/>.</summary>
    public void Record(long ticks) =>
        _histograms.GetOrAdd(Environment.CurrentManagedThreadId, static _ => new Histogram()).Record(ticks);

    public LatencySummary Summarize() => Summarize(All());

    public static LatencySummary Summarize(Histogram all) =>
        new(all.Count, Ms(all.Quantile(0.5)), Ms(all.Quantile(0.99)), Ms(all.Max));

    /// <summary>All of them, nobody recording any more.</summary>
    public Histogram All()
    {
        var all = new Histogram();
        foreach (var histogram in _histograms.Values)
            all.Add(histogram);

        return all;
    }

    private static double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}

/// <summary>Durations in milliseconds.</summary>
internal sealed record LatencySummary(long Count, double P50, double P99, double Max);
