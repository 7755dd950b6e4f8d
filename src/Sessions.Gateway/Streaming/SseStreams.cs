using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sessions.Gateway;

/// <summary>The open streams of this replica.</summary>
internal sealed class SseStreams(IOptions<GatewayOptions> options, TimeProvider time, ILogger<SseStreams> logger)
{
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

    /// <summary>Lets go of all clients, without a clean end, so that they resume elsewhere; and of those still to come.</summary>
    public void ResetAll()
    {
        Volatile.Write(ref _closed, true);
        var streams = _open.Keys;
        foreach (var stream in streams)
            stream.Reset();

        logger.StreamsReset(streams.Count);
    }
}
