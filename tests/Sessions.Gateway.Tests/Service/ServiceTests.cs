using System.Text.Json;

namespace Sessions.Gateway.Tests;

public sealed class ServiceTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task Health_and_readiness_are_200_while_the_server_serves()
    {
        (await _api.GetAsync("/healthz")).Ok();
        (await _api.GetAsync("/readyz")).Ok();
    }

    [Fact]
    public async Task Agents_are_those_configured_and_those_announced()
    {
        var scene = await Scene.AbsentAsync(server);
        using var signals = await EventStream.OpenAsync(server, $"/v1/workers/{scene.Worker.Id}/signals");
        var agents = (await _api.GetAsync("/v1/agents")).Ok();
        Shape.OnlyHas(agents, "items");
        Assert.All(agents.Items(), agent => Shape.OnlyHas(agent, "name", "kind", "workers"));
        Assert.Equal("echo", Named("echo").Text("kind"));
        Assert.True(Named("echo").Number("workers") >= 1);
        Assert.Equal("remote", Named("scripted").Text("kind"));
        Assert.Equal(0, Named("scripted").Number("workers"));
        Assert.Equal("remote", Named(scene.Agent).Text("kind"));
        Assert.Equal(1, Named(scene.Agent).Number("workers"));

        JsonElement Named(string name) => Assert.Single(agents.Items(), agent => agent.Text("name") == name);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v2/sessions")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/sessions/a/b")]
    [InlineData("/v1/sessions/a/runs/b/c/d")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/openapi/v1.yaml")]
    [InlineData("/favicon.ico")]
    public async Task A_path_that_is_none_is_a_problem(string path) => (await _api.GetAsync(path)).Problem(404, "not_found");

    [Theory]
    [InlineData("PUT", "/v1/sessions")]
    [InlineData("DELETE", "/v1/sessions")]
    [InlineData("POST", "/v1/sessions/a")]
    [InlineData("GET", "/v1/sessions/a/reset")]
    [InlineData("GET", "/v1/workers/claims")]
    [InlineData("POST", "/v1/agents")]
    [InlineData("POST", "/healthz")]
    [InlineData("OPTIONS", "/v1/sessions")]
    [InlineData("POST", "/v1/sessions/a/events")]
    [InlineData("GET", "/v1/sessions/a/runs/b/output")]
    public async Task A_method_that_a_path_does_not_take_is_a_problem(string method, string path) =>
        (await _api.SendAsync(new HttpMethod(method), path, null)).Problem(405, "method_not_allowed");

    [Fact]
    public async Task The_description_lists_every_path_and_method_of_the_wire()
    {
        var document = JsonElement.Parse((await _api.GetAsync("/openapi/v1.json")).Body);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))
            .ToHashSet();
        foreach (var expected in new[]
        {
            "POST /v1/sessions", "GET /v1/sessions", "GET /v1/sessions/{sid}", "PATCH /v1/sessions/{sid}",
            "POST /v1/sessions/{sid}/reset", "DELETE /v1/sessions/{sid}", "POST /v1/sessions/{sid}/messages",
            "GET /v1/sessions/{sid}/messages", "GET /v1/sessions/{sid}/runs", "GET /v1/sessions/{sid}/runs/{rid}",
            "POST /v1/sessions/{sid}/abort", "GET /v1/sessions/{sid}/events", "GET /v1/sessions/watch", "GET /v1/agents",
            "GET /healthz", "GET /readyz", "POST /v1/workers/claims", "GET /v1/workers/{workerId}/signals",
            "POST /v1/sessions/{sid}/runs/{rid}/output", "POST /v1/sessions/{sid}/runs/{rid}/heartbeat",
            "POST /v1/sessions/{sid}/runs/{rid}/complete", "POST /v1/sessions/{sid}/runs/{rid}/fail",
        })
        {
            Assert.Contains(expected, described);
        }

        Assert.Equal(["status", "active", "agent", "limit", "cursor"], Parameters("/v1/sessions", "get"));
        Assert.Equal(["sid", "after", "runId", "Last-Event-ID"], Parameters("/v1/sessions/{sid}/events", "get"));
        Assert.Equal(["sid", "Idempotency-Key"], Parameters("/v1/sessions/{sid}/messages", "post"));
        Assert.Equal(["snapshot"], Parameters("/v1/sessions/watch", "get"));

        IEnumerable<string?> Parameters(string path, string method) => document.GetProperty("paths").GetProperty(path)
            .GetProperty(method).GetProperty("parameters").EnumerateArray().Select(parameter => parameter.Text("name"));
    }

    [Fact]
    public async Task A_draining_replica_is_not_ready_and_takes_no_new_work_but_still_answers()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        var claim = await scene.StartAsync();
        ((ReplicaState)own.Server.Services.GetService(typeof(ReplicaState))!).Drain();

        Assert.Equal(503, (await own.Api.GetAsync("/readyz")).Status);
        (await own.Api.GetAsync("/healthz")).Ok();
        var refused = await own.Api.PostAsync(scene.Messages, new { text = "t" });
        refused.Problem(503, "draining");
        Assert.NotNull(refused.Headers.RetryAfter);
        (await own.Api.PostAsync("/v1/sessions")).Problem(503, "draining");
        (await scene.Worker.TryClaimAsync()).Problem(503, "draining");
        (await claim.CompleteAsync("done")).Ok();
        Assert.Equal("idle", (await scene.GetAsync()).Text("status"));
    }
}
