using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Sessions.Load;

/// <summary>A frontend of one server, one request at a time, that knows what it was told is true.</summary>
internal sealed class SceneClient : IDisposable
{
    private readonly HttpConnection _connection;

    private SceneClient(HttpConnection connection) => _connection = connection;

    public static async Task<SceneClient> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken) =>
        new(await HttpConnection.ConnectAsync(address, cancellationToken));

    /// <summary>Sends a message that starts a run of that name.</summary>
    /// <returns>When it was sent, and when it was accepted.</returns>
    public async Task<(long Sent, long Accepted)> SendAsync(string session, string run, string text, CancellationToken cancellationToken)
    {
        var sent = Stopwatch.GetTimestamp();
        var answer = await _connection.PostAsync(
            $"/v1/sessions/{session}/messages", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}","runId":"{{run}}"}"""), cancellationToken);
        answer.Expect(202, "send");
        return (sent, Stopwatch.GetTimestamp());
    }

    /// <summary>Aborts a run that is running.</summary>
    /// <returns>When that was sent, and when it was accepted.</returns>
    public async Task<(long Sent, long Accepted)> AbortAsync(string session, string run, CancellationToken cancellationToken)
    {
        var sent = Stopwatch.GetTimestamp();
        var answer = await _connection.PostAsync(
            $"/v1/sessions/{session}/abort", Encoding.UTF8.GetBytes($$"""{"runId":"{{run}}"}"""), cancellationToken);
        var accepted = Stopwatch.GetTimestamp();
        return answer.Expect(200, "abort").Body.Span.IndexOf(Encoding.UTF8.GetBytes($"\"aborted\":[\"{run}\"]")) >= 0
            ? (sent, accepted)
            : throw new InvalidDataException($"An abort of a running run was answered {Encoding.UTF8.GetString(answer.Body.Span)}");
    }

    /// <summary>Waits until a run is over.</summary>
    public async Task EndAsync(string session, string run, CancellationToken cancellationToken)
    {
        var answer = await _connection.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"/v1/sessions/{session}/runs/{run}?waitSeconds=60"), cancellationToken);
        var body = answer.Expect(200, "run").Body.Span;
        if (body.IndexOf("\"endedAt\":\""u8) < 0)
            throw new InvalidDataException($"A run did not end within a minute: {Encoding.UTF8.GetString(body)}");
    }

    public void Dispose() => _connection.Dispose();
}
