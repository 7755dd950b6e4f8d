namespace Sessions.Gateway.Tests;

public sealed class SendTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_send_creates_the_session_and_gives_a_queued_run_with_every_field()
    {
        var scene = await Scene.AbsentAsync(server);
        var sent = (await scene.Api.PostAsync(
            scene.Messages, new { text = "hi", idempotencyKey = "k", runId = "my.run:1", agent = scene.Agent, extra = 1 })).Ok(202);
        Shape.OnlyHas(sent, "run", "deduplicated");
        Assert.False(sent.Flag("deduplicated"));
        var run = Shape.Run(sent.GetProperty("run"));
        Assert.Equal("my.run:1", run.Text("id"));
        Assert.Equal(scene.Session, run.Text("sessionId"));
        Assert.Equal(scene.Agent, run.Text("agent"));
        Assert.Equal("queued", run.Text("status"));
        Assert.Equal("k", run.Text("idempotencyKey"));
        Assert.Equal(0, run.Number("attempt"));
        Assert.Equal("hi", run.GetProperty("input").Text("text"));
        foreach (var nothing in new[] { "workerId", "output", "usage", "error", "abortReason", "startedAt", "endedAt" })
            Assert.True(run.IsNull(nothing), nothing);

        var session = await scene.GetAsync();
        Assert.Equal("queued", session.Text("status"));
        Assert.True(session.Flag("hasActiveRun"));
        Assert.True(session.IsNull("activeRunId"));
        Assert.Equal("my.run:1", Assert.Single(session.Texts("queuedRunIds")));
    }

    [Fact]
    public async Task A_run_goes_from_queued_over_running_to_completed()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var running = await scene.GetRunAsync(claim.Run);
        Assert.Equal("running", running.Text("status"));
        Assert.Equal(1, running.Number("attempt"));
        Assert.Equal(scene.Worker.Id, running.Text("workerId"));
        Shape.Time(running, "startedAt");
        var session = await scene.GetAsync();
        Assert.Equal("running", session.Text("status"));
        Assert.Equal(claim.Run, session.Text("activeRunId"));
        Assert.Empty(session.Items("queuedRunIds"));
        Assert.Equal(scene.Agent, session.GetProperty("binding").Text("agent"));

        await claim.DeltaAsync("to you");
        var completed = Shape.Run((await claim.CompleteAsync(usage: new { tokens = 3, nested = new { a = new[] { 1.5 } } })).Ok());
        Assert.Equal("completed", completed.Text("status"));
        Assert.Equal("to you", completed.GetProperty("output").Text("text"));
        Assert.Equal("""{"tokens":3,"nested":{"a":[1.5]}}""", completed.GetProperty("usage").GetRawText());
        Assert.Equal(completed.GetRawText(), (await scene.GetRunAsync(claim.Run)).GetRawText());
        var ended = await scene.GetAsync();
        Assert.Equal("idle", ended.Text("status"));
        Assert.False(ended.Flag("hasActiveRun"));
        Assert.Equal(claim.Run, ended.GetProperty("lastRun").Text("id"));
        Assert.Equal("completed", ended.GetProperty("lastRun").Text("status"));
    }

    [Fact]
    public async Task A_server_chosen_run_id_is_a_uuid_of_version_7()
    {
        var scene = await Scene.OpenAsync(server);
        Assert.Equal(7, Guid.Parse(await scene.SendAsync()).Version);
    }

    [Fact]
    public async Task A_run_id_in_use_is_a_conflict()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.SendAsync(run: "r1");
        (await scene.Api.PostAsync(scene.Messages, new { text = "hello", runId = "r1" })).Problem(409, "run_conflict");
        (await (await scene.Worker.ClaimAsync()).CompleteAsync()).Ok();
        (await scene.Api.PostAsync(scene.Messages, new { text = "hello", runId = "r1" })).Problem(409, "run_conflict");
    }

    [Fact]
    public async Task A_busy_session_enqueues_rejects_or_interrupts_as_asked()
    {
        var scene = await Scene.OpenAsync(server);
        var active = await scene.StartAsync();
        (await scene.Api.PostAsync(scene.Messages, new { text = "no", ifBusy = "reject" })).Problem(409, "session_busy");
        var queued = (await scene.Api.PostAsync(scene.Messages, new { text = "wait", ifBusy = "enqueue" })).Ok(202);
        Assert.Equal("queued", queued.GetProperty("run").Text("status"));
        await active.DeltaAsync("so far");
        (await scene.Api.PostAsync(scene.Messages, new { text = "now", ifBusy = "interrupt" })).Ok(202);
        var superseded = await scene.GetRunAsync(active.Run);
        Assert.Equal("aborted", superseded.Text("status"));
        Assert.Equal("superseded", superseded.Text("abortReason"));
        Assert.Equal("so far", superseded.GetProperty("output").Text("text"));
        (await scene.Api.PostAsync(scene.Messages, new { text = "x", ifBusy = "Enqueue" })).Problem(422, "invalid_request", "ifBusy");
        (await scene.Api.PostAsync($"{scene.Path}/abort")).Ok();
        (await scene.Api.PostAsync(scene.Messages, new { text = "free", ifBusy = "reject" })).Ok(202);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_when_to_come_back()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.StartAsync();
        for (var at = 0; at < GatewayServer.MaxQueued; at++)
            await scene.SendAsync();

        var refused = await scene.Api.PostAsync(scene.Messages, new { text = "one more" });
        refused.Problem(429, "queue_full");
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal(GatewayServer.MaxQueued, (await scene.GetAsync()).Items("queuedRunIds").Length);
    }

    [Fact]
    public async Task Agents_that_are_unknown_or_not_the_bound_one_are_refused()
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", agent = "nobody" })).Problem(404, "agent_not_found");
        (await scene.Api.GetAsync(scene.Path)).Problem(404, "session_not_found");
        await scene.TalkAsync();
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", agent = "other" })).Problem(409, "agent_mismatch");
    }

    [Fact]
    public async Task A_start_failure_leaves_no_binding_and_the_corrected_send_works()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var failed = Shape.Run((await claim.FailAsync("start_failed", "No such model.", "start")).Ok());
        Assert.Equal("start_failed", failed.GetProperty("error").Text("code"));
        Assert.Equal("No such model.", failed.GetProperty("error").Text("message"));
        var session = await scene.GetAsync();
        Assert.Equal("stopped", session.Text("status"));
        Assert.Equal("none", session.GetProperty("binding").Text("state"));
        Assert.Equal("start_failed", session.GetProperty("lastError").Text("code"));
        Assert.Equal(claim.Run, session.GetProperty("lastError").Text("runId"));
        await scene.TalkAsync();
        var next = await scene.StartAsync();
        (await next.FailAsync(phase: "start")).Ok();
        var broken = await scene.GetAsync();
        Assert.Equal("error", broken.Text("status"));
        Assert.Equal("bound", broken.GetProperty("binding").Text("state"));
    }

    [Theory]
    [InlineData("""{}""", 422, "invalid_request", "text")]
    [InlineData("""{"text":null}""", 422, "invalid_request", "text")]
    [InlineData("""{"text":""}""", 422, "invalid_request", "text")]
    [InlineData("""{"text":5}""", 422, "invalid_request", "text")]
    [InlineData("""{"text":{"a":1}}""", 422, "invalid_request", "text")]
    [InlineData("""{"text":"t","runId":7}""", 422, "invalid_request", "runId")]
    [InlineData("""{"text":"t","runId":""}""", 422, "invalid_id", "runId")]
    [InlineData("""{"text":"t","runId":"a b"}""", 422, "invalid_id", "runId")]
    [InlineData("""{"text":"t","agent":"a/b"}""", 422, "invalid_id", "agent")]
    [InlineData("""{"text":"t","agent":[]}""", 422, "invalid_request", "agent")]
    [InlineData("""{"text":"t","idempotencyKey":""}""", 422, "invalid_idempotency_key", "idempotencyKey")]
    [InlineData("""{"text":"t","idempotencyKey":1}""", 422, "invalid_request", "idempotencyKey")]
    [InlineData("""{"text":"t","ifBusy":"later"}""", 422, "invalid_request", "ifBusy")]
    [InlineData("""{"text":"t","ifBusy":true}""", 422, "invalid_request", "ifBusy")]
    [InlineData("""{"text":"t","timeoutSeconds":0}""", 422, "invalid_request", "timeoutSeconds")]
    [InlineData("""{"text":"t","timeoutSeconds":-1}""", 422, "invalid_request", "timeoutSeconds")]
    [InlineData("""{"text":"t","timeoutSeconds":604801}""", 422, "invalid_request", "timeoutSeconds")]
    [InlineData("""{"text":"t","timeoutSeconds":1e999}""", 422, "invalid_request", "timeoutSeconds")]
    [InlineData("""{"text":"t","timeoutSeconds":"5"}""", 422, "invalid_request", "timeoutSeconds")]
    [InlineData("""{"text":"t","maxAttempts":0}""", 422, "invalid_request", "maxAttempts")]
    [InlineData("""{"text":"t","maxAttempts":11}""", 422, "invalid_request", "maxAttempts")]
    [InlineData("""{"text":"t","maxAttempts":1.5}""", 422, "invalid_request", "maxAttempts")]
    [InlineData("""{"text":"t","maxAttempts":99999999999}""", 422, "invalid_request", "maxAttempts")]
    public async Task A_wrong_field_is_named_and_nothing_is_made(string body, int status, string code, string field)
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostTextAsync(scene.Messages, body)).Problem(status, code, field);
        (await scene.Api.GetAsync(scene.Path)).Problem(404, "session_not_found");
    }

    [Fact]
    public async Task A_run_ends_at_its_own_timeout()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", runId = "slow", timeoutSeconds = 0.05, maxAttempts = 10 })).Ok(202);
        await scene.Worker.ClaimAsync();
        var run = Shape.Run((await scene.Api.GetAsync($"{scene.Path}/runs/slow?waitSeconds=30")).Ok());
        Assert.Equal("deadline_exceeded", run.GetProperty("error").Text("code"));
    }
}
