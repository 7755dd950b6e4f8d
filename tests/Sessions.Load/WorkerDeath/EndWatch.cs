using System.Diagnostics;
using System.Net;

namespace Sessions.Load;

/// <summary>Follows a session, and notes when the first terminal event of a run comes.</summary>
internal sealed class EndWatch(IPEndPoint address, string session) : IDisposable
{
    private readonly SseReader _reader = new();
    private readonly TaskCompletionSource _synchronized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private long _at;

    /// <summary>Connects, and returns once the backlog is there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _reading = _reader.ReadAsync(address, $"/v1/sessions/{session}/events?after=0", See, cancellationToken);
        await Task.WhenAny(_synchronized.Task, _reading);
        if (!_synchronized.Task.IsCompleted)
            await _reading;
    }

    /// <summary>Waits for it.</summary>
    /// <returns>When it was here.</returns>
    public async Task<long> EndAsync()
    {
        await _reading;
        return _at;
    }

    public void Dispose() => _reader.Dispose();

    private bool See(SseFrame frame)
    {
        if (frame.Name.SequenceEqual("synchronized"u8))
            _synchronized.TrySetResult();
        if (!RunEnd.IsAny(frame))
            return true;

        _at = Stopwatch.GetTimestamp();
        return false;
    }
}
