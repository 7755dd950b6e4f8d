using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Sessions.Server;

namespace Sessions.Load;

/// <summary>
/// A server whose agent notes the time on standard error and exits; the note comes back in the terminal event. The time from
/// the note to the exit, about a process's end, is part of what is measured.
/// </summary>
internal sealed partial class ProcessExitRound : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly WebApplication _server;
    private readonly HttpClient _http;

    private ProcessExitRound(WebApplication server)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = new Uri(server.Urls.Single()), Timeout = Bound };
    }

    public Latencies Latencies { get; } = new();

    public IEnumerable<string> Faults => _faults;

    public static async Task<ProcessExitRound> StartAsync(int concurrency, CancellationToken cancellationToken)
    {
        var server = SessionsServer.Create(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Error",
            "--Sessions:DefaultAgent=exits",
            "--Sessions:Agents:exits:Kind=process",
            "--Sessions:Agents:exits:Command=sh",
            "--Sessions:Agents:exits:Arguments:0=-c",
            "--Sessions:Agents:exits:Arguments:1=read -r claim; date +%s%N >&2; exit 7",
            string.Create(CultureInfo.InvariantCulture, $"--Sessions:Agents:exits:MaxConcurrency={concurrency}"),
        ]);
        await server.StartAsync(cancellationToken);
        return new ProcessExitRound(server);
    }

    public async Task ExitAsync(int at, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/v1/sessions/s{at}/messages"))
        {
            Content = new StringContent("{\"text\":\"exit\"}", Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var terminals = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal) || !line.Contains("\"type\":\"run.failed\"", StringComparison.Ordinal))
                continue;

            var seen = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
            terminals++;
            if (Note().Match(line) is { Success: true } note)
                Latencies.Record((long)((seen - long.Parse(note.Groups[1].Value, CultureInfo.InvariantCulture)) * (Stopwatch.Frequency / 1e9)));
            else
                _faults.Enqueue($"s{at} failed otherwise: {line}");
        }

        if (terminals != 1)
            _faults.Enqueue($"s{at} had {terminals} terminal events.");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    [GeneratedRegex("\"worker_exited\".*ended with: (\\d{19})")]
    private static partial Regex Note();
}
