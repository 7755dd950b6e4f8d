using System.Diagnostics;

namespace Sessions.Load;

/// <summary>Deltas that are written through one server process and read, over SSE, at another one.</summary>
/// <param name="Latency">From before the worker's report to the frame in the subscriber's hands.</param>
/// <param name="PerSecond">How many there were a second.</param>
/// <param name="Deltas">How many there were.</param>
/// <param name="Faults">What was lost, doubled or out of order.</param>
internal sealed record RelayRound(LatencySummary Latency, double PerSecond, long Deltas, IReadOnlyList<string> Faults)
{
    private const int Patience = 30;

    public static async Task<RelayRound> RunAsync(
        ServerProcess writes, ServerProcess reads, FanoutSettings settings, CancellationToken cancellationToken, Latencies? into = null)
    {
        var latencies = into ?? new Latencies();
        using var target = new ServerFanout(writes.Address, settings);
        await target.PrepareAsync(cancellationToken);

        // Nothing is warmed up apart here, and its lease would not last for a long round.
        await target.FinishAsync(settings.WarmingSession, cancellationToken);
        var subscribers = Enumerable.Range(0, settings.Subscribers).Select(session => new Subscriber(session, latencies)).ToArray();
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.StartAsync(reads.Address, target.PathOf(subscriber.Session), bound.Token)));
            bound.CancelAfter(TimeSpan.FromSeconds(settings.Seconds + Patience));
            var from = Stopwatch.GetTimestamp();
            var published = await FanoutPublisher.RunAsync(target, settings, bound.Token);
            var elapsed = Stopwatch.GetElapsedTime(from);
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.EndAsync()));
            var deltas = published.Sum(count => (long)count);
            return new RelayRound(
                latencies.Summarize(), deltas / elapsed.TotalSeconds, deltas,
                [.. subscribers.SelectMany(subscriber => FanoutRound.Check(subscriber, published[subscriber.Session]))]);
        }
        finally
        {
            foreach (var subscriber in subscribers)
                subscriber.Dispose();
        }
    }
}
