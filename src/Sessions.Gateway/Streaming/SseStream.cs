using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sessions.Gateway;

/// <summary>
/// A response of server-sent events. It ends cleanly only by <see cref="EndAsync"/>; whatever else ends it resets the
/// connection (invariant 33). A client that reads slowly holds back its own stream only; one that reads nothing at all is
/// let go (invariant 32).
/// </summary>
internal sealed class SseStream : IAsyncDisposable
{
    private const int FlushBytes = 32 * 1024;

    private readonly HttpContext _context;
    private readonly SseStreams _streams;
    private readonly Action _wake;
    private readonly ITimer _timer;
    private readonly PipeWriter _body;
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _flushingSince;
    private bool _pingDue;
    private bool _ended;
    private bool _leaving;
    private int _unflushed;

    private SseStream(HttpContext context, SseStreams streams, Action wake)
    {
        _context = context;
        _streams = streams;
        _wake = wake;
        _body = context.Response.BodyWriter;
        Aborted = context.RequestAborted;
        _timer = streams.Time.CreateTimer(
            static self => ((SseStream)self!).Tick(), this, streams.PingInterval, streams.PingInterval);
    }

    /// <summary>Taken once: the server looks it up under a lock.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>Sends the headers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="streams">The open streams.</param>
    /// <param name="wake">Makes the stream's owner come back to it soon.</param>
    public static async ValueTask<SseStream> OpenAsync(HttpContext context, SseStreams streams, Action wake)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;

        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";

        var stream = new SseStream(context, streams, wake);
        try
        {
            streams.Add(stream);
            await response.StartAsync(context.RequestAborted).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Writes frames, a piece at a time: so a client that reads slowly is seen to read, and little is held for it.
    /// </summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        while (frames.Length > 0)
        {
            var piece = frames[..Math.Min(frames.Length, FlushBytes)];
            _body.Write(piece.Span);
            _unflushed += piece.Length;
            frames = frames[piece.Length..];
            if (_unflushed >= FlushBytes)
                await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the owner's next piece, having sent what is written; meanwhile pings are sent when due.</summary>
    /// <param name="read">Gives the next piece; null when it was woken and there is nothing new.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> NextAsync<T>(Func<CancellationToken, ValueTask<T?>> read)
        where T : class
    {
        if (Volatile.Read(ref _pingDue))
        {
            Volatile.Write(ref _pingDue, false);
            await WriteAsync(SseFrames.Ping).ConfigureAwait(false);
        }

        var leaving = Volatile.Read(ref _leaving);
        if (leaving && !_caughtUp.Task.IsCompleted)
            _wake();

        // While more is at hand it goes out together.
        var next = read(Aborted);
        if (_unflushed > 0 && !next.IsCompleted)
            await FlushAsync().ConfigureAwait(false);

        var piece = await next.ConfigureAwait(false);
        if (leaving && piece is null)
        {
            await FlushAsync().ConfigureAwait(false);
            _caughtUp.TrySetResult();
        }

        return piece;
    }

    /// <summary>Ends the stream as it should end.</summary>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> end)
    {
        await WriteAsync(end).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        _ended = true;
    }

    /// <summary>Ends when all that had happened by the call is sent, or the stream is over.</summary>
    public Task CatchUpAsync()
    {
        Volatile.Write(ref _leaving, true);
        _wake();
        return _caughtUp.Task;
    }

    public void Reset() => _context.Abort();

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _streams.Remove(this);
        _caughtUp.TrySetResult();
        if (!_ended)
            Reset();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync()
    {
        _unflushed = 0;
        var flush = _body.FlushAsync(Aborted);
        if (!flush.IsCompletedSuccessfully)
        {
            Volatile.Write(ref _flushingSince, _streams.Time.GetTimestamp());
            await flush.ConfigureAwait(false);
            Volatile.Write(ref _flushingSince, 0);
        }

        Aborted.ThrowIfCancellationRequested();
    }

    private void Tick()
    {
        var since = Volatile.Read(ref _flushingSince);
        if (since != 0)
        {
            var stalled = _streams.Time.GetElapsedTime(since);
            if (stalled > _streams.StallTimeout)
            {
                _streams.Stalled(stalled, _context.Request.Path);
                Reset();
            }

            return;
        }

        Volatile.Write(ref _pingDue, true);
        _wake();
    }
}
