namespace Sessions.Load;

/// <summary>The figures of durable runs and decisions: medians of the rounds.</summary>
internal static class LifecycleFigures
{
    private const double DecisionsPerRun = 3;

    /// <summary>Adds them.</summary>
    /// <param name="report">The report.</param>
    /// <param name="name">What comes before every figure's name.</param>
    /// <param name="kind">What was done.</param>
    /// <param name="rounds">What was done of it.</param>
    /// <param name="bare">The reference's rounds.</param>
    /// <param name="alone">True for one replica, which has a target of its own; more of them are not to do less.</param>
    /// <param name="first">The runs per second of the first number of replicas, once they are known.</param>
    public static void Add(
        Report report, string name, ReplicaWork kind, IReadOnlyList<GroupRound> rounds, IReadOnlyList<CommitRound> bare, bool alone, ref double? first)
    {
        var runs = Median.Of(rounds, round => round.PerSecond);
        var decisions = runs * DecisionsPerRun;
        if (kind == ReplicaWork.Runs)
        {
            if (alone || first is null)
                report.Add($"{name}full runs/s", runs, target: alone ? Target.AtLeast(5_000) : null);
            else
                report.Add($"{name}full runs/s (beside fewer)", runs, first, ratio: true, Target.RatioAtLeast(1));

            first ??= runs;
        }

        report.Add($"{name}decisions/s", decisions, Median.Of(bare, round => round.Single.PerSecond), ratio: true, Target.RatioAtLeast(3));
        report.Add($"{name}beside batches of 64, 1 connection", decisions, Median.Of(bare, round => round.One.PerSecond), ratio: true);
        report.Add($"{name}beside batches of 64, 2 connections", decisions, Median.Of(bare, round => round.Two.PerSecond), ratio: true);
        var latency = GroupRound.Latency(rounds);
        var transaction = (P50: Median.Of(bare, round => round.Single.Latency.P50), P99: Median.Of(bare, round => round.Single.Latency.P99));
        var what = kind == ReplicaWork.Runs ? "send to terminal" : "one decision";
        report.Add($"{name}{what} p50, ms", latency.P50, transaction.P50);
        report.Add($"{name}{what} p99, ms", latency.P99, transaction.P99);
        report.Add($"{name}{what} max, ms", latency.Max);
        report.Add($"{name}writes per commit", Median.Of(rounds, round => (double)round.Store.Writes / round.Store.Commits));
        report.Add($"{name}commits/s", Median.Of(rounds, round => round.Store.Commits / round.Seconds), Median.Of(bare, round => round.Single.PerSecond));
        report.Add($"{name}mean commit, ms", Median.Of(rounds, round => 1000 * round.Store.Seconds / round.Store.Commits));
        report.Add(
            $"{name}database CPU per decision, us",
            Median.Of(rounds, round => 1e6 * round.ServerCpuSeconds / round.Done / DecisionsPerRun), Median.Of(bare, round => 1e6 * round.ServerCpu));
        report.Add(
            $"{name}replica CPU per decision, us",
            Median.Of(rounds, round => 1e6 * round.CpuSeconds / round.Done / DecisionsPerRun), Median.Of(bare, round => 1e6 * round.ClientCpu));
        report.Add($"{name}cores used by the database", Median.Of(rounds, round => round.ServerCpuSeconds / round.Seconds));
        report.Add($"{name}cores used by replicas", Median.Of(rounds, round => round.CpuSeconds / round.Seconds));
        report.Add($"{name}bytes allocated per decision", Median.Of(rounds, round => round.Allocated / round.Done / DecisionsPerRun));
    }
}
