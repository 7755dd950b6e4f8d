using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>One response that streams signals, until it is cut. It never ends by itself: whatever ends it throws.</summary>
internal static class SignalStream
{
    /// <summary>Two pings missed, and a bit.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(35);

    /// <summary>Until the headers come.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    public static async IAsyncEnumerable<AbortSignal> ReadAsync(
        WorkerHttp http, string workerId, TimeProvider timeProvider, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = $"v1/workers/{Uri.EscapeDataString(workerId)}/signals";
        using var silence = new CancellationTokenSource(AnswerTime, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        using var response = await http.OpenAsync(path, either.Token);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            throw new WorkerConnectionException($"GET {path} was answered {(int)response.StatusCode}, not by an event stream.");

        silence.CancelAfter(SilenceLimit);
        await using var body = new HeardStream(
            await response.Content.ReadAsStreamAsync(either.Token), () => silence.CancelAfter(SilenceLimit));
        await foreach (var frame in SseParser.Create(body, (_, data) => data.ToArray()).EnumerateAsync(either.Token))
        {
            if (frame.EventType == EventTypes.Abort && Read(frame.Data) is { } signal)
                yield return signal;
        }

        throw new WorkerConnectionException($"GET {path}: the stream was closed.");
    }

    /// <summary>Null for what names no run: a hint that can't be read is a hint lost.</summary>
    private static AbortSignal? Read(byte[] data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, ProtocolJson.Wire.AbortSignal) is { SessionId: not null, RunId: not null } signal
                ? signal
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
