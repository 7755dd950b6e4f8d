using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>What came out of a round.</summary>
/// <param name="Seed">What it was made of.</param>
/// <param name="History">What everybody saw, and the logs that were left.</param>
/// <param name="Bounds">How long runs outlived their workers.</param>
/// <param name="Open">Attempts of calls whose outcome was left open.</param>
/// <param name="CrossAborts">Runs aborted through another replica than the one that had accepted them.</param>
/// <param name="Refusals">How often the servers' workers were told that a lease is gone.</param>
/// <param name="Responses">Event streams that were read.</param>
/// <param name="Ended">Runs that the .NET clients saw to their end.</param>
/// <param name="LeaseLooks">Looks for sessions that claim to run without a live lease.</param>
/// <param name="LongestWait">How long a run that could start was seen to wait, the database's absence not counted.</param>
/// <param name="Drained">How long what was begun took to end once nobody sent any more.</param>
/// <param name="Settled">How long the last reader took to have everything once nothing happened any more.</param>
/// <param name="Tails">The ends of the servers' logs.</param>
internal sealed record RoundResult(
    int Seed, History History, Bounds Bounds, int Open, long CrossAborts, int Refusals, int Responses, int Ended, int LeaseLooks,
    TimeSpan LongestWait, TimeSpan Drained, TimeSpan Settled, IReadOnlyList<string> Tails)
{
    public IReadOnlyList<Violation> Violations { get; } = [.. HistoryChecker.Check(History), .. Bounds.Violations];

    /// <summary>On one line.</summary>
    public override string ToString() =>
        $"seed {Seed}: {HistoryCounts.Of(History)}; {Bounds.Delays.Count} runs outlived their worker, by {Bounds.Max.TotalSeconds:0.00} s at most, "
        + $"{Bounds.Median.TotalSeconds:0.00} s p50 (bound {Times.Bound.TotalSeconds:0} s); {Open} calls left open, {CrossAborts} aborts through "
        + $"another replica, {Refusals} refusals of the servers' workers, {Responses} event streams, {Ended} turns of .NET clients, "
        + $"{LeaseLooks} looks at leases; "
        + $"a run waited {LongestWait.TotalSeconds:0.0} s at most to be started; drained in {Drained.TotalSeconds:0.0} s, all settled {Settled.TotalSeconds:0.00} s after the end; {Violations.Count} violations{Environment.NewLine}"
        + $"longest: {Bounds.Longest}";

    /// <summary>Fails with the violations, having kept what explains them.</summary>
    public void Holds()
    {
        if (Violations.Count == 0)
            return;

        var kept = Path.Combine(Path.GetTempPath(), $"sessions-cluster-{Seed}-{DateTime.UtcNow:HHmmss}.txt");
        File.WriteAllLines(kept, Evidence());
        Assert.Fail($"Seed {Seed}, evidence in {kept}:{Environment.NewLine}{string.Join(Environment.NewLine, Violations.Take(20))}");
    }

    private IEnumerable<string> Evidence()
    {
        yield return ToString();
        foreach (var violation in Violations)
            yield return $"{violation}";

        var named = History.Finals.Where(final => Violations.Any(
            violation => violation.What.Contains($"{final.Key} ", StringComparison.Ordinal)));
        foreach (var final in named)
            yield return $"--- the log of {final.Key}{Environment.NewLine}{Text.Lines(final.Log)}";

        foreach (var line in Tails)
            yield return line;
    }
}
