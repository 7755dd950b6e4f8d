using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Sends one message at a time and waits until its run is over: the worker's claim waits when the next one comes. All times
/// are by one clock, which the processes of a machine share.
/// </summary>
internal static class WakeUpScenario
{
    private const int Warming = 300;
    private const int Turns = 10;
    private const int Concurrency = 8;

    public static async Task<Report> RunAsync(WorkerScene scene, int sends, double targetMs, CancellationToken cancellationToken)
    {
        var report = new Report("wakeup", string.Create(CultureInfo.InvariantCulture, $"{sends} sends to one server, the worker at the next; {scene.Words}"));
        scene.Work(server: 1, Concurrency);
        using var client = await SceneClient.ConnectAsync(scene.Address(0), cancellationToken);
        var audit = new SceneAudit();
        var (fromSending, fromAcceptance, sending) = (new Latencies(), new Latencies(), new Latencies());
        var warming = Math.Min(Warming, sends);
        for (var at = -warming; at < sends; at++)
        {
            var session = string.Create(CultureInfo.InvariantCulture, $"s{(at + warming) / Turns}");
            var run = string.Create(CultureInfo.InvariantCulture, $"r{at + warming}");
            var (sent, accepted) = await client.SendAsync(session, run, WorkAgent.Answer, cancellationToken);
            audit.Accepted(session, run);
            var began = (await scene.Notes.WhenAsync(WorkAgent.Began, run, cancellationToken)).At;
            await client.EndAsync(session, run, cancellationToken);
            if (at < 0)
                continue;

            fromSending.Record(began - sent);
            fromAcceptance.Record(began - accepted);
            sending.Record(accepted - sent);
        }

        var waking = fromSending.Summarize();
        report.Add("send to agent code p50, ms", waking.P50, target: Target.AtMost(targetMs));
        report.Add("send to agent code p99, ms", waking.P99);
        report.Add("send to agent code max, ms", waking.Max);
        report.Add("send accepted to agent code", fromAcceptance.Summarize());
        report.Add("send to accepted", sending.Summarize());
        report.Fail(await audit.RunAsync(scene.Address(2), RunEnd.Completed, deltas: null, cancellationToken));
        return report;
    }
}
