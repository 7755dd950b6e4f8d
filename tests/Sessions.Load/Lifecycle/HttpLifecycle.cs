namespace Sessions.Load;

/// <summary>Whole runs over HTTP, against a server in a process of its own.</summary>
internal static class HttpLifecycle
{
    public static async Task<Report> RunAsync(LifecycleSettings settings, int runs, CancellationToken cancellationToken)
    {
        LoadProcess.Prepare();
        await using var server = await ServerProcess.StartAsync(ServeCommand.Real, cancellationToken);
        using var target = await HttpTarget.ConnectAsync(server.Address, settings, cancellationToken);
        var (round, spent) = await MeasureAsync(target, server, settings, runs, cancellationToken);
        var faults = await LifecycleAudit.RunAsync(round, target.ReadLogAsync, cancellationToken);

        // The real server idles meanwhile: its sweeper is all that it does.
        await using var bare = await ServerProcess.StartAsync(ServeCommand.Reference, cancellationToken);
        using var reference = await HttpReference.ConnectAsync(bare.Address, settings, target, cancellationToken);
        var (bareRound, bareSpent) = await MeasureAsync(reference, bare, settings, round.Accepted.Count, cancellationToken);

        var count = round.Accepted.Count;
        var bareCount = bareRound.Accepted.Count;
        var report = new Report("lifecycle", $"over HTTP, {count} runs, {settings}; reference: bare Kestrel, same requests and sizes");
        report.Add("full runs/s", round.RunsPerSecond, bareRound.RunsPerSecond, ratio: true);
        report.Add("the same per s of server CPU", count / spent.CpuSeconds, bareCount / bareSpent.CpuSeconds, ratio: true);
        report.Add("send to terminal", round.Latency, bareRound.Latency);
        report.Add("bytes allocated per run", (double)spent.Allocated / count, (double)bareSpent.Allocated / bareCount);
        report.Add("requests per run", (double)(target.Sends.Answers + target.Claims.Answers + target.Completions.Answers) / target.Sends.Answers);
        report.Collections(spent, bareSpent);
        report.Fail(faults);
        return report;
    }

    private static async Task<(LifecycleRound Round, MemorySample Spent)> MeasureAsync(
        ILifecycleTarget target, ServerProcess server, LifecycleSettings settings, int runs, CancellationToken cancellationToken)
    {
        var driver = new LifecycleDriver(target, settings);
        await driver.RunAsync("warm", Math.Max(runs / 2, 1_000), cancellationToken);
        var before = await server.SampleAsync(collect: true, cancellationToken);
        var round = await driver.RunAsync("run", runs, cancellationToken);
        var after = await server.SampleAsync(collect: false, cancellationToken);
        return (round, after.Since(before));
    }
}
