namespace Sessions.Load;

/// <summary>The figures of durable deltas: medians of the rounds.</summary>
internal static class DeltaFigures
{
    /// <summary>Adds them.</summary>
    /// <param name="report">The report.</param>
    /// <param name="rounds">What the replica wrote.</param>
    /// <param name="one">The reference on one connection.</param>
    /// <param name="two">The reference on two connections, as many as a replica commits on.</param>
    public static void Add(
        Report report, IReadOnlyList<GroupRound> rounds, IReadOnlyList<ReferenceRound> one, IReadOnlyList<ReferenceRound> two)
    {
        var rate = Median.Of(rounds, round => round.PerSecond);
        report.Add("delta rows/s", rate, Median.Of(one, round => round.PerSecond), ratio: true, Target.RatioAtLeast(0.6));
        report.Add("beside 2 connections", rate, Median.Of(two, round => round.PerSecond), ratio: true);
        var latency = GroupRound.Latency(rounds);
        report.Add("one report p50, ms", latency.P50, Median.Of(one, round => round.Latency.P50));
        report.Add("one report p99, ms", latency.P99, Median.Of(one, round => round.Latency.P99));
        report.Add("one report max, ms", latency.Max);
        report.Add("reports per commit", Median.Of(rounds, round => (double)round.Store.Writes / round.Store.Commits));
        report.Add("rows per commit", Median.Of(rounds, round => (double)round.Done / round.Store.Commits));
        report.Add("commits/s", Median.Of(rounds, round => round.Store.Commits / round.Seconds));
        report.Add("mean commit, ms", Median.Of(rounds, round => 1000 * round.Store.Seconds / round.Store.Commits));
        report.Add("database CPU per row, us", Median.Of(rounds, round => 1e6 * round.ServerCpuSeconds / round.Done));
        report.Add("replica CPU per row, us", Median.Of(rounds, round => 1e6 * round.CpuSeconds / round.Done));
        report.Add("cores used by the database", Median.Of(rounds, round => round.ServerCpuSeconds / round.Seconds));
        report.Add("cores used by the replica", Median.Of(rounds, round => round.CpuSeconds / round.Seconds));
        report.Add("bytes allocated per row", Median.Of(rounds, round => round.Allocated / round.Done));
    }
}
