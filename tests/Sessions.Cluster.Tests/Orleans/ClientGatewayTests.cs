using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Sessions.Client;
using Sessions.Protocol;
using Sessions.Testing;
using Sessions.Testing.Postgres;
using Xunit.Abstractions;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Two silos and a gateway that is their client (<c>Sessions:Orleans:Role=client</c>), processes of their own over PostgreSQL.
/// Everything is asked of the gateway, whatever becomes of the silos (invariants 10, 17, 24, 30, 36).
/// </summary>
[Collection(ClusterTests.Collection)]
public sealed class ClientGatewayTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    /// <summary>A gateway gives a call up after five seconds.</summary>
    private static readonly TimeSpan Answered = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Until the others know of a silo's death and the gateway goes round it. A silo that is alone with one that hangs doubts
    /// itself first, which takes it a dozen seconds.
    /// </summary>
    private static readonly TimeSpan Recovered = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Ended = TimeSpan.FromSeconds(20);

    private readonly List<ServerProcess> _processes = [];
    private readonly HttpClient _http = Caller.NewHttp();
    private PostgresCluster _postgres = null!;
    private string _connectionString = "";
    private ServerProcess _gateway = null!;
    private SessionsClient? _client;

    public async Task InitializeAsync()
    {
        _postgres = await PostgresCluster.StartAsync();
        _connectionString = await _postgres.CreateDatabaseAsync();
        await StartAsync("silo");
        await StartAsync("silo");
        _gateway = await StartAsync("client");
        _client = new SessionsClient(_gateway.Address);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();

        await _postgres.DisposeAsync();
    }

    public void Dispose()
    {
        _client?.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_gateway_alone_serves_everything_and_goes_on_when_a_silo_is_killed()
    {
        await TalkAsync("before");
        var key = await SendAsync("kept", "kept");

        await _processes[0].KillAsync();
        var back = await AnswersAsync(Enumerable.Range(0, 12).Select(n => $"after-{n}"));
        output.WriteLine($"All sessions answer {back.TotalSeconds:0.0} s after the kill.");
        Assert.Equal(key, await SendAsync("kept", "kept"));
        await TalkAsync("with one silo");

        await StartAsync("silo");
        await TalkAsync("with another silo");
        foreach (var process in _processes.Skip(1).Reverse())
            await EndsAsync(process);
    }

    [Fact]
    public async Task A_silo_that_hangs_costs_its_callers_seconds_and_the_others_nothing_for_long()
    {
        // Before, so that some are active on the silo that is to hang.
        var sessions = Enumerable.Range(0, 12).Select(n => $"hung-{n}").ToArray();
        foreach (var session in sessions)
            await SendAsync(session, "first");

        ProcessSignal.Stop.SendTo(_processes[1].Id);
        try
        {
            var back = await AnswersAsync(sessions);
            output.WriteLine($"All sessions answer {back.TotalSeconds:0.0} s after the silo was stopped.");
            await TalkAsync("while it hangs");
        }
        finally
        {
            ProcessSignal.Continue.SendTo(_processes[1].Id);
        }

        // It learns that it is dead, and is of no more use: whoever started it starts another.
        var from = Stopwatch.GetTimestamp();
        var code = await _processes[1].ExitAsync();
        output.WriteLine($"The silo that had hung ended with {code}, {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s after it went on.");
        Assert.NotEqual(0, code);
        Assert.InRange(Stopwatch.GetElapsedTime(from), TimeSpan.Zero, Ended);
        await TalkAsync("after it");
    }

    /// <summary>A conversation by way of the gateway: followed to its end, aborted, listed.</summary>
    private async Task TalkAsync(string text)
    {
        var from = Stopwatch.GetTimestamp();
        var session = _client!.Session(text.Replace(' ', '-'));
        var run = await session.SendAsync(text);
        var said = "";
        await foreach (var happened in run.Events().WithCancellation(new CancellationTokenSource(Recovered).Token))
            said += happened.Type == EventTypes.RunDelta ? happened.Text : "";

        Assert.Equal(text, said);
        var endless = await session.SendAsync(string.Join(' ', Enumerable.Repeat("word", 400)));
        var aborted = await endless.AbortAsync();
        Assert.Equal([endless.Run.Id], aborted.Aborted);
        Assert.Equal(RunStatuses.Aborted, (await endless.WaitAsync().WaitAsync(Recovered)).Run.Status);
        Assert.False((await session.GetAsync()).HasActiveRun);
        output.WriteLine($"Talked {text} in {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s.");
    }

    /// <summary>Sends until it is accepted; each answer comes in bounded time, and is one or a clear 503.</summary>
    /// <returns>The run.</returns>
    private async Task<string> SendAsync(string session, string key)
    {
        var body = Caller.Json(new() { Text = "hello", IdempotencyKey = key }, ProtocolJson.Default.SendRequest);
        for (var from = Stopwatch.GetTimestamp(); ;)
        {
            using var patience = new CancellationTokenSource(Answered);
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var answer = await _http.PostAsync(new Uri(_gateway.Address, $"/v1/sessions/{session}/messages"), content, patience.Token);
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (answer.StatusCode == HttpStatusCode.Accepted)
                return JsonSerializer.Deserialize(text, ProtocolJson.Default.SendResponse)!.Run.Id;

            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null, $"{answer} {text}");
            Assert.Contains(ProblemCodes.StoreUnavailable, text, StringComparison.Ordinal);
            Assert.True(Stopwatch.GetElapsedTime(from) < Recovered, $"{session} is answered {text} for too long.");
        }
    }

    private async Task<TimeSpan> AnswersAsync(IEnumerable<string> sessions)
    {
        var from = Stopwatch.GetTimestamp();
        await Task.WhenAll(sessions.Select(session => SendAsync(session, "again")));
        return Stopwatch.GetElapsedTime(from);
    }

    private async Task EndsAsync(ServerProcess process)
    {
        var from = Stopwatch.GetTimestamp();
        ProcessSignal.Terminate.SendTo(process.Id);
        var code = await process.ExitAsync();
        output.WriteLine($"Process {process.Id} ended {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s after SIGTERM with {code}.");
        Assert.True(code == 0, string.Join('\n', process.Tail(40)));
        Assert.InRange(Stopwatch.GetElapsedTime(from), TimeSpan.Zero, Ended);
    }

    private async Task<ServerProcess> StartAsync(string role)
    {
        var process = await ServerProcess.StartAsync(new Dictionary<string, string>
        {
            ["Sessions__Engine"] = "orleans",
            ["Sessions__Orleans__Role"] = role,
            ["Sessions__Store"] = "postgres",
            ["ConnectionStrings__Sessions"] = _connectionString,
            ["Sessions__Lease__Ttl"] = $"{Times.LeaseTtl:c}",
        });
        _processes.Add(process);
        return process;
    }
}
