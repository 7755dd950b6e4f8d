using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sessions.Gateway;

/// <summary>The open streams of this replica.</summary>
internal sealed class SseStreams(IOptions<GatewayOptions> options, TimeProvider time, ILogger<SseStreams> logger)
{
    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<SseStream, byte> _open = new(ReferenceEqualityComparer.Instance);
    private bool _closed;

    public TimeProvider Time => time;

    public TimeSpan PingInterval => options.Value.PingInterval;

    public TimeSpan StallTimeout => options.Value.StallTimeout;

    public int Count => _open.Count;

    public void Add(SseStream stream)
    {
        _open.TryAdd(stream, 0);
        if (Volatile.Read(ref _closed))
            stream.Reset();
    }

    public void Remove(SseStream stream) => _open.TryRemove(stream, out _);

    public void Stalled(TimeSpan stalled, string path) => logger.StreamStalled(stalled, path);

    /// <summary>
    /// Lets go of all clients, without a clean end, so that they resume elsewhere; and of those still to come. What has
    /// happened by now they get first, if they take it in time.
    /// </summary>
    public async Task ResetAllAsync(CancellationToken cancellationToken)
    {
        var catchingUp = Task.WhenAll(_open.Keys.Select(stream => stream.CatchUpAsync()));
        await catchingUp.WaitAsync(CatchUp, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A reset overtakes bytes that are still on their way.
        await Task.Delay(Linger, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _closed, true);
        var streams = _open.Keys;
        foreach (var stream in streams)
            stream.Reset();

        logger.StreamsReset(streams.Count);
    }
}
