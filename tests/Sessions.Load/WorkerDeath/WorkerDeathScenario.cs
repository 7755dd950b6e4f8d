using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Rounds of worker processes with one run each, every other one of which streams: its lease is extended up to its death. Each
/// is killed at a moment of its own within a heartbeat's time, while a subscriber follows its run through another server.
/// </summary>
internal static class WorkerDeathScenario
{
    /// <summary>What a dead worker's run may take over its lease: the sweep's second, a commit, and the way to a subscriber.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1.5);

    public static async Task<Report> RunAsync(WorkerScene scene, WorkerDeathSettings settings, CancellationToken cancellationToken)
    {
        var report = new Report("worker-death", string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Kills} kills, {settings.AtATime} at a time, TTL {settings.Ttl.TotalSeconds} s, seed {settings.Seed}; sent to one server, the worker at the next, the subscriber at the one after; {scene.Words}"));
        var random = new Random(settings.Seed);
        var audit = new SceneAudit();
        var (holding, streaming) = (new Latencies(), new Latencies());
        var deaths = new List<WorkerDeath>();
        while (deaths.Count < settings.Kills)
        {
            var round = new List<WorkerDeath>();
            for (var count = Math.Min(settings.AtATime, settings.Kills - deaths.Count); round.Count < count;)
                round.Add(new WorkerDeath(scene, deaths.Count + round.Count, random.NextDouble() * settings.Ttl / 3, audit));

            await WorkerDeath.RunAsync(scene, round, settings.Ttl, cancellationToken);
            deaths.AddRange(round);
        }

        foreach (var death in deaths)
            (death.Streams ? streaming : holding).Record(death.Took);

        var all = new Histogram();
        all.Add(holding.All());
        all.Add(streaming.All());
        var summary = Latencies.Summarize(all);
        var bound = (settings.Ttl + Allowance).TotalMilliseconds;
        report.Add("kill to terminal event p50, ms", summary.P50);
        report.Add("kill to terminal event p99, ms", summary.P99);
        report.Add("kill to terminal event max, ms", summary.Max, target: Target.AtMost(bound));
        report.Add("of runs that stream, max, ms", streaming.Summarize().Max);
        report.Add("of runs that only hold, max, ms", holding.Summarize().Max);
        report.Add("kills", summary.Count, target: Target.AtLeast(settings.Kills));
        report.Fail(deaths.SelectMany(death => death.Faults));
        report.Fail(await audit.RunAsync(scene.Address(0), RunEnd.WorkerLost, deltas: null, cancellationToken));
        return report;
    }
}
