using System.Diagnostics;

namespace Sessions.Load;

/// <summary>What came of a fan-out against one server.</summary>
internal sealed record FanoutRound
{
    private const int WarmingSubscribers = 50;

    public required double EventsPerSecond { get; init; }

    public required LatencySummary Latency { get; init; }

    /// <summary>What the server spent while events went out.</summary>
    public required MemorySample Spent { get; init; }

    /// <summary>What the server holds more with all subscribers connected and idle.</summary>
    public required MemorySample Idle { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }

    public static async Task<FanoutRound> RunAsync(
        ServerProcess server, IFanoutTarget target, FanoutSettings settings, CancellationToken cancellationToken)
    {
        await target.PrepareAsync(cancellationToken);
        await WarmAsync(server, target, settings, cancellationToken);
        var latencies = new Latencies();
        var subscribers = Enumerable.Range(0, settings.Subscribers)
            .Select(subscriber => new Subscriber(subscriber % settings.Sessions, latencies)).ToArray();
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var before = await server.SampleAsync(collect: true, cancellationToken);
            foreach (var some in subscribers.Chunk(64))
                await Task.WhenAll(some.Select(subscriber => subscriber.StartAsync(server.Address, target.PathOf(subscriber.Session), bound.Token)));

            var idle = await server.SampleAsync(collect: true, cancellationToken);
            var from = Stopwatch.GetTimestamp();
            bound.CancelAfter(TimeSpan.FromSeconds(settings.Seconds + 30));
            var published = await FanoutPublisher.RunAsync(target, settings, bound.Token);
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.EndAsync()));

            var spent = (await server.SampleAsync(collect: false, cancellationToken)).Since(idle);
            var last = Math.Max(from + 1, subscribers.Max(subscriber => subscriber.LastAt));
            return new FanoutRound
            {
                EventsPerSecond = subscribers.Sum(subscriber => subscriber.Received) / Stopwatch.GetElapsedTime(from, last).TotalSeconds,
                Latency = latencies.Summarize(),
                Spent = spent,
                Idle = idle.Since(before),
                Faults = [.. subscribers.SelectMany(subscriber => Check(subscriber, published[subscriber.Session]))],
            };
        }
        finally
        {
            foreach (var subscriber in subscribers)
                subscriber.Dispose();
        }
    }

    /// <summary>
    /// Has the server compile its hot paths, which takes seconds, and fill its pools before anything is counted.
    /// </summary>
    private static async Task WarmAsync(
        ServerProcess server, IFanoutTarget target, FanoutSettings settings, CancellationToken cancellationToken)
    {
        var session = settings.WarmingSession;
        var latencies = new Latencies();
        var subscribers = Enumerable.Range(0, WarmingSubscribers).Select(_ => new Subscriber(session, latencies)).ToArray();
        try
        {
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.StartAsync(server.Address, target.PathOf(session), cancellationToken)));
            var from = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(from).TotalSeconds < settings.WarmSeconds)
            {
                await target.PublishAsync(session, cancellationToken);
                await Task.Yield();
            }

            await target.FinishAsync(session, cancellationToken);
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.EndAsync()));
        }
        finally
        {
            foreach (var subscriber in subscribers)
                subscriber.Dispose();
        }
    }

    public static IEnumerable<string> Check(Subscriber subscriber, int published)
    {
        if (subscriber.Fault is { } fault)
            yield return fault;

        if (subscriber.Received != published)
            yield return $"subscriber of session {subscriber.Session}: {subscriber.Received} of {published} events";
    }
}
