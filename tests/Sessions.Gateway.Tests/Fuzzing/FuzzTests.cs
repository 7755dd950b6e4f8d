using System.Collections.Concurrent;
using System.Text.Json;
using Xunit.Abstractions;

namespace Sessions.Gateway.Tests;

/// <summary>Whatever is sent, the answer is one that the wire knows, and no session is left half made.</summary>
public sealed class FuzzTests(GatewayServer server, ITestOutputHelper output) : IClassFixture<GatewayServer>
{
    private const int Requests = 3000;

    private static readonly HashSet<string> Codes =
    [
        .. typeof(Protocol.ProblemCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).Where(code => code != "internal_error"),
    ];

    private readonly ConcurrentDictionary<string, int> _answers = new();

    [Fact]
    public async Task No_request_is_answered_by_a_fault_and_every_log_stays_whole()
    {
        var seed = Environment.GetEnvironmentVariable("FUZZ_SEED") is { } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Environment.TickCount;
        output.WriteLine($"FUZZ_SEED={seed}");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(lane => FuzzAsync(seed + lane)));
        var whole = 0;
        string? cursor = null;
        do
        {
            var page = (await server.Api.GetAsync($"/v1/sessions?limit=1000{(cursor is null ? "" : $"&cursor={cursor}")}")).Ok();
            foreach (var session in page.Items())
            {
                await IsWholeAsync(Shape.Session(session), seed);
                whole++;
            }

            cursor = page.Text("nextCursor");
        }
        while (cursor is not null);

        output.WriteLine($"{whole} sessions are whole. Answers: {string.Join(", ", _answers.OrderBy(entry => entry.Key))}");
        Assert.True(whole > 0);
        await (await Scene.OpenAsync(server)).TalkAsync();
    }

    private async Task FuzzAsync(int seed)
    {
        var requests = new RandomRequests(new Random(seed), server.Address);
        for (var at = 0; at < Requests / 4; at++)
        {
            using var request = requests.Next();
            var label = $"seed {seed}, request {at}: {request.Method} {request.RequestUri}";
            using var deadline = new CancellationTokenSource(Deadlines.Long);
            using var response = await server.Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var status = (int)response.StatusCode;
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                _answers.AddOrUpdate("200 stream", 1, (_, count) => count + 1);
                continue;
            }

            var body = await response.Content.ReadAsStringAsync(deadline.Token);
            Assert.True(status is (>= 200 and < 300) or (>= 400 and < 500), $"{label}: {status} {body}");
            if (status >= 400 && request.Method != HttpMethod.Head)
            {
                Assert.True(response.Content.Headers.ContentType?.ToString() == "application/problem+json", $"{label}: {status} {response.Content.Headers.ContentType} {body}");
                var problem = JsonElement.Parse(body);
                Assert.True(Codes.Contains(problem.Text("code")!), $"{label}: {body}");
                Assert.Equal(status, problem.GetProperty("status").GetInt32());
            }

            _answers.AddOrUpdate($"{status} {(status >= 400 && body.Length > 0 ? JsonElement.Parse(body).Text("code") : "")}", 1, (_, count) => count + 1);
            requests.Learn(body);
        }
    }

    /// <summary>Reads the log, and compares what it says with what the session and its runs say.</summary>
    private async Task IsWholeAsync(JsonElement session, int seed)
    {
        var id = session.Text("id")!;
        using var stream = await EventStream.OpenAsync(server, $"/v1/sessions/{id}/events?after=0");
        var runs = new Dictionary<string, string>();
        while (await stream.NextAsync() is { Event: not "synchronized" } frame)
        {
            if (frame.Data.Text("runId") is not { } run)
                continue;

            Assert.False(runs.GetValueOrDefault(run) is "completed" or "failed" or "aborted", $"Seed {seed}, {id}: {frame} after its end.");
            runs[run] = frame.Event switch
            {
                "run.queued" or "run.requeued" => "queued",
                "run.completed" or "run.failed" or "run.aborted" => frame.Event[4..],
                _ => "running",
            };
        }

        Assert.Equal(session.Number("lastSeq"), stream.Seen[^1].Data.Number("lastSeq"));
        Assert.Equal(session.Text("activeRunId"), runs.SingleOrDefault(run => run.Value == "running").Key);
        Assert.Equal(session.Texts("queuedRunIds").Order(), runs.Where(run => run.Value == "queued").Select(run => run.Key).Order());
        foreach (var (run, status) in runs)
            Assert.Equal(status, Shape.Run((await server.Api.GetAsync($"/v1/sessions/{id}/runs/{run}")).Ok()).Text("status"));
    }
}
