using System.Net;
using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>An open event stream. Checks in passing that ids are the seqs, gapless unless it is about one run.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly SseReader _reader;
    private readonly CancellationTokenSource _deadline = new(Deadlines.Long);
    private readonly bool _gapless;
    private long? _last;

    private EventStream(HttpResponseMessage response, Stream body, bool gapless)
    {
        _response = response;
        _reader = new SseReader(body);
        _gapless = gapless;
    }

    /// <summary>The frames read so far, without pings.</summary>
    public List<Frame> Seen { get; } = [];

    public static async Task<EventStream> OpenAsync(GatewayServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return await OpenAsync(server, request, gapless: !path.Contains("runId=", StringComparison.Ordinal));
    }

    public static async Task<EventStream> PostAsync(GatewayServer server, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        return await OpenAsync(server, request, gapless: false);
    }

    /// <summary>The next event; pings are passed over. Null at a clean end.</summary>
    public async Task<Frame?> NextAsync()
    {
        while (await _reader.ReadAsync(_deadline.Token) is { } frame)
        {
            if (frame.IsPing)
                continue;

            Check(frame);
            Seen.Add(frame);
            return frame;
        }

        return null;
    }

    /// <summary>The next event, which must be of this type.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        var frame = await NextAsync();
        Assert.True(frame?.Event == type, $"Expected {type}, got {frame}; before it: {string.Join("; ", Seen)}");
        return frame!.Data;
    }

    /// <summary>Reads up to and with an event of this type.</summary>
    public async Task<JsonElement> UntilAsync(string type)
    {
        while (await NextAsync() is { } frame)
        {
            if (frame.Event == type)
                return frame.Data;
        }

        Assert.Fail($"The stream ended without {type}: {string.Join("; ", Seen)}");
        return default;
    }

    public async Task PingAsync()
    {
        while (await _reader.ReadAsync(_deadline.Token) is { IsPing: false })
        {
        }
    }

    /// <summary>Reads the frame <c>end</c> and the clean end behind it.</summary>
    public async Task EndsAsync(string reason)
    {
        Assert.Equal(reason, (await NextAsync("end")).Text("reason"));
        Assert.Null(await NextAsync());
    }

    /// <summary>Reads on until the connection is reset, which must not look like a clean end.</summary>
    public async Task ResetsAsync()
    {
        var fault = await Record.ExceptionAsync(async () =>
        {
            while (await NextAsync() is not null)
            {
            }
        });
        Assert.True(fault is IOException or HttpRequestException, $"Expected a reset, got {fault?.ToString() ?? "a clean end"}");
        Assert.DoesNotContain(Seen, frame => frame.Event == "end");
    }

    public void Dispose()
    {
        _response.Dispose();
        _deadline.Dispose();
    }

    private static async Task<EventStream> OpenAsync(GatewayServer server, HttpRequestMessage request, bool gapless)
    {
        var response = await server.Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode != HttpStatusCode.OK)
            Assert.Fail($"No stream: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        return new EventStream(response, await response.Content.ReadAsStreamAsync(), gapless);
    }

    private void Check(Frame frame)
    {
        if (frame.Id is not { } id)
        {
            Assert.Contains(frame.Event, new[] { "synchronized", "end", "session", "abort" });
            return;
        }

        Assert.Equal(id, frame.Data.Number("seq"));
        Assert.Equal(frame.Event, frame.Data.Text("type"));
        Assert.NotNull(frame.Data.Text("sessionId"));
        Assert.Equal(frame.Event!.StartsWith("run.", StringComparison.Ordinal), !frame.Data.IsNull("runId"));
        Shape.Time(frame.Data, "at");
        if (_last is { } last)
            Assert.True(_gapless ? id == last + 1 : id > last, $"Seq {id} came behind {last}.");

        _last = id;
    }
}
