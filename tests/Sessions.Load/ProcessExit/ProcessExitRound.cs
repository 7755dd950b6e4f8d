using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Sessions.Load;

/// <summary>
/// Servers whose agent notes the time on standard error and exits; the note comes back in the terminal event, to a subscriber
/// of a server that may not be the one that ran it. The time from the note to the exit, about a process's end, is part of what
/// is measured.
/// </summary>
internal sealed partial class ProcessExitRound(WorkerScene scene) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly HttpClient _http = new() { Timeout = Bound };

    public Latencies Latencies { get; } = new();

    public IEnumerable<string> Faults => _faults;

    /// <summary>The servers' settings.</summary>
    public static string[] Settings(int concurrency) =>
    [
        "--Logging:LogLevel:Default=Error",
        "--Sessions:Workers:InProcess=true",
        "--Sessions:DefaultAgent=exits",
        "--Sessions:Agents:exits:Kind=process",
        "--Sessions:Agents:exits:Command=sh",
        "--Sessions:Agents:exits:Arguments:0=-c",
        "--Sessions:Agents:exits:Arguments:1=read -r claim; date +%s%N >&2; exit 7",
        string.Create(CultureInfo.InvariantCulture, $"--Sessions:Agents:exits:MaxConcurrency={concurrency}"),
    ];

    public async Task ExitAsync(int at, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"http://{scene.Address(at)}/v1/sessions/s{at}/messages"))
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

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("\"worker_exited\".*ended with: (\\d{19})")]
    private static partial Regex Note();
}
