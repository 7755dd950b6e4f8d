using System.Collections.Concurrent;
using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Sends and aborts through one server what a worker of another one holds, in some lanes at the same time. All times are by
/// one clock, which the processes of a machine share.
/// </summary>
internal static class AbortScenario
{
    private const int Warming = 200;
    private const double TargetMs = 100;

    public static async Task<Report> RunAsync(WorkerScene scene, int aborts, int atATime, CancellationToken cancellationToken)
    {
        var report = new Report("abort", string.Create(
            CultureInfo.InvariantCulture, $"{aborts} aborts, {atATime} at a time, at one server, the worker at the next; {scene.Words}"));
        scene.Work(server: 1, 2 * atATime);
        var audit = new SceneAudit();
        var faults = new ConcurrentQueue<string>();
        var (fromSending, fromAcceptance) = (new Latencies(), new Latencies());
        var warming = Math.Min(Warming, aborts);
        var next = -warming;
        await Task.WhenAll(Enumerable.Range(0, atATime).Select(async lane =>
        {
            using var client = await SceneClient.ConnectAsync(scene.Address(0), cancellationToken);
            for (var at = Interlocked.Increment(ref next); at <= aborts; at = Interlocked.Increment(ref next))
            {
                var session = string.Create(CultureInfo.InvariantCulture, $"s{at + warming}");
                var run = string.Create(CultureInfo.InvariantCulture, $"r{at + warming}");
                await client.SendAsync(session, run, WorkAgent.Hold, cancellationToken);
                audit.Accepted(session, run);
                await scene.Notes.WhenAsync(WorkAgent.Began, run, cancellationToken);
                var (sent, accepted) = await client.AbortAsync(session, run, cancellationToken);
                var cancelled = await CancelledAsync(run);
                if (at <= 0 || cancelled is null)
                    continue;

                fromSending.Record(cancelled.Value - sent);
                fromAcceptance.Record(cancelled.Value - accepted);
            }
        }));

        var aborting = fromSending.Summarize();
        report.Add("abort to cancellation p50, ms", aborting.P50);
        report.Add("abort to cancellation p99, ms", aborting.P99, target: Target.AtMost(TargetMs));
        report.Add("abort to cancellation max, ms", aborting.Max);
        report.Add("abort accepted to cancellation", fromAcceptance.Summarize());
        report.Fail(faults);
        report.Fail(await audit.RunAsync(scene.Address(2), RunEnd.Aborted, deltas: null, cancellationToken));
        return report;

        async Task<long?> CancelledAsync(string run)
        {
            try
            {
                return (await scene.Notes.WhenAsync(WorkAgent.Cancelled, run, cancellationToken)).At;
            }
            catch (TimeoutException never)
            {
                faults.Enqueue(never.Message);
                return null;
            }
        }
    }
}
