namespace Sessions.Testing;

/// <summary>Random histories, checked afterwards (invariants 1, 2, 4, 8, 10 to 13, 17 to 21, 30, 34, 37).</summary>
public abstract partial class EngineConformance
{
    /// <summary>How many things each of the clients does.</summary>
    protected virtual int HistorySteps => 300;

    /// <summary>How often time passes while they do; where the clock is real this is what takes long.</summary>
    protected virtual int HistoryPasses => 100;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_random_history_breaks_no_invariant(int round)
    {
        var history = await new RandomHistory(Cluster, Tenant, Options.LeaseTtl, _dice).RunAsync(HistorySteps, HistoryPasses);

        HistoryChecker.Holds(history);
        var seen = HistoryCounts.Of(history);
        Output.WriteLine($"Round {round}: {seen}");
        Assert.True(
            seen is { Sent: > 0, Deduplicated: > 0, Said: > 0, Late: > 0, Aborted: > 0, Looks: > 0 } && seen.Lost + seen.Requeued > 0,
            $"The history does not show enough to be worth checking: {seen}");
    }
}
