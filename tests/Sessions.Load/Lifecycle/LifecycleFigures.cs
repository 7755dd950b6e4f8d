using System.Globalization;

namespace Sessions.Load;

/// <summary>The figures of durable runs and decisions: medians of the rounds.</summary>
internal static class LifecycleFigures
{
    private const double DecisionsPerRun = 3;

    /// <summary>Adds them.</summary>
    /// <param name="report">The report.</param>
    /// <param name="series">What was measured.</param>
    /// <param name="first">The first number of replicas: more of them are not to do less.</param>
    public static void Add(Report report, LifecycleSeries series, LifecycleSeries first)
    {
        foreach (var (kind, rounds) in series.Rounds)
        {
            var replicas = first == series && series.Replicas == 1
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{series.Replicas} replica{(series.Replicas == 1 ? "" : "s")}: ");
            var name = kind == ReplicaWork.Runs ? replicas : $"{replicas}{kind.ToString().ToLowerInvariant()}, ";
            var runs = Median.Of(rounds, round => round.PerSecond);
            if (series == first && kind == ReplicaWork.Runs)
            {
                report.Add($"{name}full runs/s", runs, target: series.Replicas == 1 ? Target.AtLeast(5_000) : null);
            }
            else if (series != first)
            {
                var fewer = Median.Of(first.Rounds[kind], round => round.PerSecond);
                report.Add($"{name}runs/s (beside {first.Replicas})", runs, fewer, ratio: true, Target.RatioAtLeast(1));
            }

            AddRounds(report, name, kind, rounds, series.Bare);
        }
    }

    private static void AddRounds(
        Report report, string name, ReplicaWork kind, List<GroupRound> rounds, List<CommitRound> bare)
    {
        var decisions = Median.Of(rounds, round => round.PerSecond) * DecisionsPerRun;
        report.Add($"{name}decisions/s", decisions, Median.Of(bare, round => round.Single.PerSecond), ratio: true, Target.RatioAtLeast(3));
        report.Add($"{name}beside transactions of statements", decisions, Median.Of(bare, round => round.Stepwise.PerSecond), ratio: true);
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
