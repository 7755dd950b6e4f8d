using System.Net.ServerSentEvents;

namespace Sessions.Client;

/// <summary>
/// One response that streams frames, from its headers to its cut. Whatever ends the response is a cut: only a frame
/// can say that a stream is over (invariant 33).
/// </summary>
internal sealed class SseConnection : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly SilenceGuard _body;
    private readonly IAsyncEnumerator<SseItem<byte[]>> _frames;
    private readonly SessionsClientOptions _options;
    private readonly long _opened;

    private SseConnection(
        HttpResponseMessage response, Stream body, SessionsClientOptions options, CancellationToken cancellationToken)
    {
        _response = response;
        _options = options;
        _opened = options.TimeProvider.GetTimestamp();
        _body = new SilenceGuard(body, options.SilenceTimeout, options.TimeProvider, cancellationToken);
        _frames = SseParser.Create(_body, (_, data) => data.ToArray())
            .EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>What cut the stream, as soon as it is.</summary>
    public string Cut { get; private set; } = "The stream closed without an end frame.";

    public Exception? Fault { get; private set; }

    /// <summary>True when the response streamed for long enough that its cut begins a new outage, whatever it brought.</summary>
    public bool Stood => _options.TimeProvider.GetElapsedTime(_opened, _body.LastHeard) >= _options.MaxRetryDelay;

    public static async Task<SseConnection> OpenAsync(
        Transport transport, Call call, Outage outage, CancellationToken cancellationToken)
    {
        var response = await transport.ExchangeAsync(
            call with { Accept = "text/event-stream" }, HttpCompletionOption.ResponseHeadersRead, outage, cancellationToken);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                throw Answers.Unexpected(response, call, $"{response.Content.Headers.ContentType}, not an event stream", null);
            }

            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new SseConnection(response, body, transport.Options, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>The next frame, or null when the stream is cut.</summary>
    public async ValueTask<Frame?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _frames.MoveNextAsync())
            {
                var item = _frames.Current;
                return new Frame(item.EventType, item.EventId, item.Data);
            }
        }
        catch (Exception e) when (Faults.IsTransport(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Cut = e.Message;
            Fault = e;
        }

        return null;
    }

    /// <summary>Cuts the stream from this side, for a reason found in it.</summary>
    public void Break(string why) => Cut = why;

    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync();
        await _body.DisposeAsync();
        _response.Dispose();
    }
}
