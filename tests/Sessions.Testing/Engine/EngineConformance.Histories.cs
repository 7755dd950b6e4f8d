namespace Sessions.Testing;

/// <summary>Random histories, checked afterwards (invariants 1, 2, 4, 8, 10 to 13, 17 to 21, 30, 34, 37).</summary>
public abstract partial class EngineConformance
{
    /// <summary>How many things each of the clients does.</summary>
    protected virtual int HistorySteps => 150;

    /// <summary>How often time passes while they do; where the clock is real this is what takes long.</summary>
    protected virtual int HistoryPasses => 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_random_history_breaks_no_invariant(int round)
    {
        var history = await new RandomHistory(Cluster, Tenant, Options.LeaseTtl, _dice).RunAsync(HistorySteps, HistoryPasses);

        HistoryChecker.Holds(history);
        var (sent, said, looked) = (
            history.Observations.OfType<Observation.Sent>().Count(),
            history.Observations.OfType<Observation.Said>().Count(),
            history.Observations.OfType<Observation.SawActive>().Count());
        Output.WriteLine($"Round {round}: {sent} sends, {said} pieces of output, {looked} looks at active sessions, {history.Finals.Sum(final => final.Log.Count)} records.");
        Assert.True(sent > 0 && said > 0 && looked > 0, "The history is empty.");
    }
}
