using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Durable runs on two silos over a database, in turn with grains that write their state by Orleans' own storage once a call.
/// </summary>
internal static class DurableGrains
{
    private const int DecisionsPerRun = 3;

    /// <summary>Two silos and the load are one process here, and its code takes so much longer to be compiled.</summary>
    private const int Warming = 4;

    public static async Task<Report> RunAsync(
        LifecycleSettings settings, RoundSettings rounds, LoadServer server, CancellationToken cancellationToken)
    {
        var connectionString = await server.CreateDatabaseAsync(cancellationToken);
        await using var silos = await SiloPair.StartAsync(connectionString, cancellationToken);
        using var meter = new StoreMeter();
        var target = new EngineTarget(silos.Doors, SiloPair.Agent, settings);
        var report = new Report("lifecycle", string.Create(
            CultureInfo.InvariantCulture,
            $"engine orleans, two silos, {settings.Seconds} s x {rounds.Count}, {settings}; {server.Facts}; reference: a grain's WriteStateAsync to the AdoNet storage, as many at a time"));
        var (bare, driven, seen) = (new List<ReferenceRound>(), new List<LifecycleRound>(), new List<Spent>());
        var runs = 0L;
        for (var round = rounds.Warm > TimeSpan.Zero ? -1 : 0; round < rounds.Count; round++)
        {
            var time = round < 0 ? rounds.Warm * Warming : TimeSpan.FromSeconds(settings.Seconds);
            var name = string.Create(CultureInfo.InvariantCulture, $"run{round}");
            var written = await StateWrites.RunAsync(silos, name, settings.Sessions, time, cancellationToken);
            var gauge = Spent.Now(meter, server.Facts.Postmaster);
            var driver = new LifecycleDriver(target, settings with { Seconds = (int)Math.Ceiling(time.TotalSeconds) });
            var done = await driver.RunAsync(name, int.MaxValue, cancellationToken);
            runs += done.Accepted.Count;
            report.Fail(await LifecycleAudit.RunAsync(done, target.ReadLogAsync, cancellationToken));
            if (round < 0)
                continue;

            bare.Add(written);
            driven.Add(done);
            seen.Add(Spent.Now(meter, server.Facts.Postmaster).Since(gauge));
        }

        var decisions = Median.Of(driven, round => round.RunsPerSecond * DecisionsPerRun);
        report.Add("full runs/s", Median.Of(driven, round => round.RunsPerSecond));
        report.Add("decisions/s", decisions, Median.Of(bare, round => round.PerSecond), ratio: true, Target.RatioAtLeast(2));
        report.Add("send to terminal p50, ms", Median.Of(driven, round => round.Latency.P50), Median.Of(bare, round => round.Latency.P50));
        report.Add("send to terminal p99, ms", Median.Of(driven, round => round.Latency.P99), Median.Of(bare, round => round.Latency.P99));
        report.Add("writes per commit", Median.Of(seen, spent => (double)spent.Store.Writes / spent.Store.Commits));
        report.Add("database CPU per decision, us", Per(driven, seen, spent => spent.ServerCpu));
        report.Add("silos' and load's CPU per decision, us", Per(driven, seen, spent => spent.Memory.CpuSeconds));
        report.Fail(await DatabaseAudit.RunAsync(connectionString, runs, runs * DecisionsPerRun, 0, cancellationToken));
        return report;
    }

    private static double Per(List<LifecycleRound> driven, List<Spent> seen, Func<Spent, double> seconds) =>
        Median.Of(driven.Zip(seen), round => 1e6 * seconds(round.Second) / round.First.Accepted.Count / DecisionsPerRun);

    /// <summary>What this process, its stores and the database server have spent so far.</summary>
    private sealed record Spent(MemorySample Memory, StoreCounts Store, double ServerCpu)
    {
        public static Spent Now(StoreMeter meter, int postmaster) =>
            new(MemorySample.Take(collect: false), meter.Read(), ServerCpuOf(postmaster));

        public Spent Since(Spent earlier) => new(Memory.Since(earlier.Memory), Store.Since(earlier.Store), ServerCpu - earlier.ServerCpu);

        private static double ServerCpuOf(int postmaster) => Sessions.Load.ServerCpu.Seconds(postmaster);
    }
}
