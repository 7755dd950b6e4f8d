using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>Whole runs through the engine's doors, in this process.</summary>
internal static class InProcessLifecycle
{
    public static async Task<Report> RunAsync(LifecycleSettings settings, int runs, CancellationToken cancellationToken)
    {
        var agent = new AgentName(ServeCommand.Agent);
        await using var engine = LoadEngine.Start(new MemoryStore(TimeProvider.System), new NoReplicaBus(), agent);
        var target = new EngineTarget(EngineDoors.Of(engine), agent, settings);
        var driver = new LifecycleDriver(target, settings);
        var warm = await driver.RunAsync("warm", Math.Max(runs / 3, 1_000), cancellationToken);
        DictionaryReference.Run(settings.Sessions, 100_000);

        var before = MemorySample.Take(collect: true);
        var round = await driver.RunAsync("run", runs, cancellationToken);
        var after = MemorySample.Take(collect: false);
        var spent = after.Since(before);
        var reference = DictionaryReference.Run(settings.Sessions, round.Accepted.Count);
        var referenceSpent = MemorySample.Take(collect: false).Since(after);

        var count = round.Accepted.Count;
        var report = new Report("lifecycle", $"in process, {count} runs, {settings}; reference: bare dictionary updates, as many");
        report.Add("full runs/s", round.RunsPerSecond, count / reference.TotalSeconds, ratio: true);
        report.Add("the same per s of CPU time", count / spent.CpuSeconds, count / referenceSpent.CpuSeconds, ratio: true);
        report.Add("send to terminal", round.Latency);
        report.Add("bytes allocated per run", (double)spent.Allocated / count, (double)referenceSpent.Allocated / count);
        report.Collections(spent, referenceSpent);
        report.Fail(await LifecycleAudit.RunAsync(warm, target.ReadLogAsync, cancellationToken));
        report.Fail(await LifecycleAudit.RunAsync(round, target.ReadLogAsync, cancellationToken));
        return report;
    }
}
