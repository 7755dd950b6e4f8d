using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sessions.Load;

/// <summary>Follows a session to the end of its run, and checks that every event comes, in order, once.</summary>
internal sealed class Subscriber(int session, Latencies latencies) : IDisposable
{
    private readonly SseReader _reader = new();
    private readonly TaskCompletionSource _synchronized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private long _seq;

    public int Session => session;

    /// <summary>Events that carried a time.</summary>
    public long Received { get; private set; }

    /// <summary>When the last one came.</summary>
    public long LastAt { get; private set; }

    public string? Fault { get; private set; }

    /// <summary>Connects, and returns once the backlog is there.</summary>
    public async Task StartAsync(IPEndPoint address, string path, CancellationToken cancellationToken)
    {
        _reading = _reader.ReadAsync(address, path, See, cancellationToken);
        await Task.WhenAny(_synchronized.Task, _reading);
        if (!_synchronized.Task.IsCompleted)
            await _reading;
    }

    public async Task EndAsync()
    {
        try
        {
            await _reading;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            Fault ??= $"subscriber of session {session}: stopped at seq {_seq}: {exception.Message}";
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool See(SseFrame frame)
    {
        if (frame.Id == 0)
        {
            if (frame.Name.SequenceEqual("synchronized"u8))
                _synchronized.TrySetResult();

            return true;
        }

        if (frame.Id != _seq + 1)
            Fault ??= $"subscriber of session {session}: seq {frame.Id} follows {_seq}";

        _seq = frame.Id;
        if (frame.Name.SequenceEqual("run.delta"u8) && DeltaText.SentAt(frame.Data) is { } sent)
        {
            LastAt = Stopwatch.GetTimestamp();
            latencies.Record(LastAt - sent);
            Received++;
        }

        return !frame.Name.SequenceEqual("run.completed"u8);
    }
}
