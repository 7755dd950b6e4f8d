using System.IO.Pipes;

namespace Sessions.Worker;

/// <summary>
/// What a child writes, up to its end. Descendants may hold the pipe open: once the child itself has exited, what it left is
/// read, what others still write within a short while, and no more.
/// </summary>
internal sealed class ChildOutput : IDisposable
{
    /// <summary>How long the pipe may be silent behind the child's exit; what the child wrote is there at once.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private readonly AnonymousPipeClientStream _stream;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationTokenSource _exited = new();

    /// <summary>As much as a pipe can hold: all that the child can have left.</summary>
    private int _left = 1024 * 1024;

    public ChildOutput(AnonymousPipeClientStream stream, Task exited, TimeProvider timeProvider)
    {
        _stream = stream;
        _timeProvider = timeProvider;
        if (exited.IsCompleted)
            _exited.Cancel();

        exited.ContinueWith(
            static (_, source) => ((CancellationTokenSource)source!).Cancel(), _exited, CancellationToken.None,
            TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>The number of bytes; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_exited.IsCancellationRequested && await TryReadAsync(buffer, _exited.Token, cancellationToken) is { } read)
            return read;
        if (_left <= 0)
            return 0;

        var room = buffer[..Math.Min(buffer.Length, _left)];
        using var silence = new CancellationTokenSource(Silence, _timeProvider);
        if (await TryReadAsync(room, silence.Token, cancellationToken) is { } late)
            read = late;
        else
            // On a busy machine it may be the reader that was late.
            read = Libc.HasInput(_stream.SafePipeHandle) ? await _stream.ReadAsync(room, cancellationToken) : 0;

        _left -= read;
        return read;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Null when it was given up; nothing is lost then.</summary>
    private async ValueTask<int?> TryReadAsync(Memory<byte> buffer, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(giveUp, cancellationToken);
        try
        {
            return await _stream.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
