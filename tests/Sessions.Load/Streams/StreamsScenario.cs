using System.Diagnostics;
using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Has one worker hold all runs, opens their gate, and waits for all ends: how many deltas a second that makes, what it costs,
/// how far behind the subscribers of the next server are, and whether every log has every delta, once and in order.
/// </summary>
internal static class StreamsScenario
{
    private const int Senders = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<Report> RunAsync(WorkerScene scene, StreamsSettings settings, CancellationToken cancellationToken)
    {
        var report = new Report("streams", string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Runs} runs of one worker process, {settings.Rate} deltas/s each for {settings.Seconds} s, {settings.Subscribers} followed; {scene.Words}"));
        var worker = scene.Work(server: 0, settings.Runs);
        var audit = new SceneAudit();
        await StartAsync(scene, settings, audit, cancellationToken);
        var latencies = new Latencies();
        var subscribers = Enumerable.Range(0, settings.Subscribers).Select(session => new Subscriber(session, latencies)).ToArray();
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            foreach (var subscriber in subscribers)
                await subscriber.StartAsync(scene.Address(1), $"/v1/sessions/{Session(subscriber.Session)}/events?after=0", bound.Token);

            var before = await StreamsCost.TakeAsync(scene, worker, bound.Token);
            var from = Stopwatch.GetTimestamp();
            bound.CancelAfter(TimeSpan.FromSeconds(settings.Seconds) + Patience);
            await worker.GoAsync();
            var ended = await EndAsync(scene, settings, report, bound.Token);
            var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
            var spent = (await StreamsCost.TakeAsync(scene, worker, cancellationToken)).Since(before);
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.EndAsync()));

            // The first deltas come within an interval of the gate, not at once.
            report.Add("deltas/s", ended * (double)settings.Deltas / seconds, settings.PerSecond, ratio: true);
            report.Add("seconds until all are over", seconds, settings.Seconds);
            report.Add("leases lost", spent.LeasesLost, target: Target.AtMost(0));
            report.Add("reports repeated", spent.ReportFaults);
            report.Add("delta to subscriber", latencies.Summarize());
            report.Add("CPU of the worker, cores", spent.Worker / seconds);
            report.Add("CPU of the servers, cores", spent.Servers / seconds);
            if (scene.Facts is not null)
                report.Add("CPU of the database, cores", spent.Database / seconds);
            report.Fail(subscribers.SelectMany(subscriber => FanoutRound.Check(subscriber, settings.Deltas)));
        }
        finally
        {
            foreach (var subscriber in subscribers)
                subscriber.Dispose();
        }

        report.Fail(await audit.RunAsync(scene.Address(1), RunEnd.Completed, settings.Deltas, cancellationToken));
        return report;
    }

    private static string Session(int number) => string.Create(CultureInfo.InvariantCulture, $"s{number}");

    private static string Run(int number) => string.Create(CultureInfo.InvariantCulture, $"r{number}");

    /// <summary>Sends all runs and waits until the worker has every one of them.</summary>
    private static Task StartAsync(WorkerScene scene, StreamsSettings settings, SceneAudit audit, CancellationToken cancellationToken) =>
        EachAsync(scene, settings, async (client, number) =>
        {
            await client.SendAsync(Session(number), Run(number), WorkAgent.PacedText(settings.Deltas, settings.Rate), cancellationToken);
            audit.Accepted(Session(number), Run(number));
            await scene.Notes.WhenAsync(WorkAgent.Began, Run(number), cancellationToken);
        }, cancellationToken);

    /// <summary>Waits for every end.</summary>
    /// <returns>How many came in time.</returns>
    private static async Task<int> EndAsync(WorkerScene scene, StreamsSettings settings, Report report, CancellationToken cancellationToken)
    {
        var ended = 0;
        try
        {
            await EachAsync(scene, settings, async (client, number) =>
            {
                await client.EndAsync(Session(number), Run(number), cancellationToken);
                Interlocked.Increment(ref ended);
            }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            report.Fail([string.Create(CultureInfo.InvariantCulture, $"{settings.Runs - ended} of {settings.Runs} runs did not end in time")]);
        }

        return ended;
    }

    private static async Task EachAsync(
        WorkerScene scene, StreamsSettings settings, Func<SceneClient, int, Task> act, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            using var client = await SceneClient.ConnectAsync(scene.Address(0), cancellationToken);
            for (var number = Interlocked.Increment(ref next); number < settings.Runs; number = Interlocked.Increment(ref next))
                await act(client, number);
        }));
    }
}
