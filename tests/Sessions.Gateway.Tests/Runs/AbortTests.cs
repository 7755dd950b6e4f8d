using System.Text.Json;

namespace Sessions.Gateway.Tests;

public sealed class AbortTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task Without_a_run_it_ends_queued_runs_first_and_then_the_active_one()
    {
        var scene = await Scene.OpenAsync(server);
        var active = await scene.StartAsync();
        await active.DeltaAsync("partial");
        var first = await scene.SendAsync();
        var second = await scene.SendAsync();
        await IsAsync(null, [first, second, active.Run], []);
        foreach (var run in new[] { first, second, active.Run })
        {
            var aborted = await scene.GetRunAsync(run);
            Assert.Equal("aborted", aborted.Text("status"));
            Assert.Equal("user", aborted.Text("abortReason"));
        }

        Assert.Equal("partial", (await scene.GetRunAsync(active.Run)).GetProperty("output").Text("text"));
        Assert.True((await scene.GetRunAsync(first)).IsNull("output"));
        var version = (await scene.GetAsync()).Number("version");
        await IsAsync(null, [], []);
        await IsAsync(new { }, [], []);
        Assert.Equal(version, (await scene.GetAsync()).Number("version"));

        async Task IsAsync(object? body, string[] aborted, string[] terminal) =>
            Is(await scene.Api.PostAsync($"{scene.Path}/abort", body), aborted, terminal, false);
    }

    [Fact]
    public async Task A_named_run_is_aborted_alone_and_the_next_one_starts()
    {
        var scene = await Scene.OpenAsync(server);
        var active = await scene.StartAsync();
        var next = await scene.SendAsync();
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { runId = active.Run, reason = "superseded" }), [active.Run], [], false);
        Assert.Equal("superseded", (await scene.GetRunAsync(active.Run)).Text("abortReason"));
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { runId = active.Run }), [], [active.Run], false);
        Assert.Equal(next, (await scene.Worker.ClaimAsync()).Run);
        (await scene.Api.PostAsync($"{scene.Path}/abort", new { runId = "nobody" })).Problem(404, "run_not_found");
    }

    [Fact]
    public async Task A_completed_run_stays_completed()
    {
        var scene = await Scene.OpenAsync(server);
        var run = await scene.TalkAsync();
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { runId = run }), [], [run], false);
        Assert.Equal("completed", (await scene.GetRunAsync(run)).Text("status"));
    }

    [Fact]
    public async Task A_key_names_its_run()
    {
        var scene = await Scene.OpenAsync(server);
        var run = (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "k" })).Ok(202).GetProperty("run").Text("id")!;
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "k" }), [run], [], false);
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "k" }), [], [run], false);
        (await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "k", runId = "another" })).Problem(409, "run_conflict");
    }

    [Fact]
    public async Task A_key_that_has_not_arrived_is_held_and_its_send_returns_an_aborted_run()
    {
        var scene = await Scene.AbsentAsync(server);
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "early" }), [], [], true);
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "early" }), [], [], true);
        var session = await scene.GetAsync();
        Assert.False(session.Flag("hasActiveRun"));

        var sent = (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "early", agent = scene.Agent })).Ok(202);
        var run = Shape.Run(sent.GetProperty("run"));
        Assert.Equal("aborted", run.Text("status"));
        Assert.Equal("user", run.Text("abortReason"));
        Assert.Equal(0, run.Number("attempt"));
        Is(await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "early" }), [], [run.Text("id")!], false);
        (await scene.Worker.TryClaimAsync()).IsEmpty();
        Assert.Equal("completed", (await scene.GetRunAsync(await scene.TalkAsync())).Text("status"));
    }

    [Theory]
    [InlineData("""{"runId":5}""", "invalid_request", "runId")]
    [InlineData("""{"runId":"a/b"}""", "invalid_id", "runId")]
    [InlineData("""{"idempotencyKey":""}""", "invalid_idempotency_key", "idempotencyKey")]
    [InlineData("""{"reason":"because"}""", "invalid_request", "reason")]
    [InlineData("""{"reason":"session_reset"}""", "invalid_request", "reason")]
    public async Task A_wrong_field_is_named(string body, string code, string field)
    {
        var scene = await Scene.OpenAsync(server);
        await scene.SendAsync();
        (await scene.Api.PostTextAsync($"{scene.Path}/abort", body)).Problem(422, code, field);
        Assert.True((await scene.GetAsync()).Flag("hasActiveRun"));
    }

    private static void Is(Answer answer, string[] aborted, string[] terminal, bool pending)
    {
        JsonElement body = answer.Ok();
        Shape.OnlyHas(body, "aborted", "alreadyTerminal", "pending");
        Assert.Equal(aborted, body.Texts("aborted"));
        Assert.Equal(terminal, body.Texts("alreadyTerminal"));
        Assert.Equal(pending, body.Flag("pending"));
    }
}
