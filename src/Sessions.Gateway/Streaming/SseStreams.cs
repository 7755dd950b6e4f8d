using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sessions.Gateway;

/// <summary>The open streams of this replica. When it lets go, they are reset, so that their clients resume elsewhere.</summary>
internal sealed class SseStreams : IDisposable
{
    private readonly ConcurrentDictionary<SseStream, byte> _open = new(ReferenceEqualityComparer.Instance);
    private readonly GatewayOptions _options;
    private readonly ReplicaState _replica;
    private readonly ILogger _logger;
    private readonly CancellationTokenRegistration _lettingGo;

    public SseStreams(IOptions<GatewayOptions> options, ReplicaState replica, TimeProvider time, ILogger<SseStreams> logger)
    {
        _options = options.Value;
        _replica = replica;
        _logger = logger;
        Time = time;
        _lettingGo = replica.LettingGo.UnsafeRegister(static self => ((SseStreams)self!).ResetAll(), this);
    }

    public TimeProvider Time { get; }

    public TimeSpan PingInterval => _options.PingInterval;

    public TimeSpan StallTimeout => _options.StallTimeout;

    public void Add(SseStream stream)
    {
        _open.TryAdd(stream, 0);
        if (_replica.LettingGo.IsCancellationRequested)
            stream.Reset();
    }

    public void Remove(SseStream stream) => _open.TryRemove(stream, out _);

    public void Stalled(TimeSpan stalled, string path) => _logger.StreamStalled(stalled, path);

    public void Dispose() => _lettingGo.Dispose();

    private void ResetAll()
    {
        var streams = _open.Keys;
        foreach (var stream in streams)
            stream.Reset();

        _logger.StreamsReset(streams.Count);
    }
}
