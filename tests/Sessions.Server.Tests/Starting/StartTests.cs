using System.Diagnostics;
using System.Net;
using Xunit.Abstractions;

namespace Sessions.Server.Tests;

public sealed class StartTests(ITestOutputHelper output)
{
    [Fact]
    public async Task It_starts_with_nothing_configured_and_echoes()
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await ServerProcess.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/readyz")).StatusCode);
        output.WriteLine($"Cold start to /readyz: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");

        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Address.Host)));
        var sent = await server.Http.PostJsonAsync("/v1/sessions/s1/messages", new { text = "Hello, world!", runId = "r1" }).ReadJsonAsync();
        Assert.Equal("echo", sent.GetProperty("run").Text("agent"));
        var run = await server.Http.GetJsonAsync("/v1/sessions/s1/runs/r1?waitSeconds=30");
        Assert.Equal("completed", run.Text("status"));
        Assert.Equal("Hello, world!", run.GetProperty("output").Text("text"));
        Assert.Equal("", server.Errors);
    }

    [Fact]
    public async Task Environment_variables_configure_it()
    {
        await using var server = await ServerProcess.StartAsync(new Dictionary<string, string>
        {
            ["Sessions__Agents__parrot__Kind"] = "echo",
            ["Sessions__Agents__far__Kind"] = "remote",
            ["Sessions__DefaultAgent"] = "parrot",
            ["Sessions__Store"] = "memory",
            ["Sessions__Engine"] = "Direct",
            ["Sessions__Lease__Ttl"] = "00:00:07",
            ["Sessions__Runs__MaxQueued"] = "0",
        });
        var agents = (await server.Http.GetJsonAsync("/v1/agents")).GetProperty("items").EnumerateArray()
            .Select(agent => $"{agent.Text("name")} {agent.Text("kind")} {agent.GetProperty("workers").GetInt32()}");
        Assert.Equal(["echo echo 1", "far remote 0", "parrot echo 1"], agents);
        Assert.Equal("parrot", (await server.Http.PostJsonAsync("/v1/sessions", new { }).ReadJsonAsync()).Text("agent"));
        await server.Http.PostJsonAsync("/v1/sessions/q/messages", new { text = "t", agent = "far" });
        Assert.Equal(429, (int)(await server.Http.PostJsonAsync("/v1/sessions/q/messages", new { text = "t", agent = "far" })).StatusCode);
        var claim = await server.Http.PostJsonAsync("/v1/workers/claims", new { workerId = "w", agents = new[] { "far" } }).ReadJsonAsync();
        Assert.Equal(7, claim.GetProperty("claims")[0].GetProperty("lease").GetProperty("ttlSeconds").GetInt32());
    }

    [Fact]
    public async Task A_web_page_that_has_its_own_name_resolve_here_is_not_answered()
    {
        await using var server = await ServerProcess.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsAsync(server, "evil.example"));
        Assert.Equal(HttpStatusCode.OK, await AskAsAsync(server, $"localhost:{server.Address.Port}"));

        Assert.Equal(HttpStatusCode.OK, await AskAsAsync(server, "proxy"));

        await using var named = await ServerProcess.StartAsync(null, "--AllowedHosts=sessions.example");
        Assert.Equal(HttpStatusCode.OK, await AskAsAsync(named, "sessions.example"));
    }

    [Fact]
    public async Task Without_workers_in_the_process_runs_wait_for_others()
    {
        await using var server = await ServerProcess.StartAsync(null, "--Sessions:Workers:InProcess=false");
        await server.Http.PostJsonAsync("/v1/sessions/s/messages", new { text = "t", runId = "r" });
        Assert.Equal("queued", (await server.Http.GetJsonAsync("/v1/sessions/s/runs/r?waitSeconds=0.2")).Text("status"));
    }

    [Fact]
    public async Task An_OpenAI_endpoint_in_the_environment_becomes_the_default_agent()
    {
        await using var endpoint = await FakeOpenAI.StartAsync("Hi", " there");
        await using var server = await ServerProcess.StartAsync(new Dictionary<string, string>
        {
            ["OPENAI_BASE_URL"] = endpoint.Address,
            ["OPENAI_API_KEY"] = "test-key",
            ["OPENAI_MODEL"] = "test-model",
        });
        await server.Http.PostJsonAsync("/v1/sessions/s/messages", new { text = "Hello", runId = "r" });
        var run = await server.Http.GetJsonAsync("/v1/sessions/s/runs/r?waitSeconds=30");
        Assert.Equal("openai completed", $"{run.Text("agent")} {run.Text("status")}");
        Assert.Equal("Hi there", run.GetProperty("output").Text("text"));
        Assert.Equal("Bearer test-key", endpoint.Authorization);
        Assert.Contains("\"test-model\"", endpoint.Body, StringComparison.Ordinal);
        Assert.Contains("\"Hello\"", endpoint.Body, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AskAsAsync(ServerProcess server, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions");
        request.Headers.Host = host;
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
