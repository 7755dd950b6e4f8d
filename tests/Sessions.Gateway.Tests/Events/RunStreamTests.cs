namespace Sessions.Gateway.Tests;

public sealed class RunStreamTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_stream_of_one_run_has_only_its_events_and_ends_with_it()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync("before");
        var claim = await scene.StartAsync("mine");
        using var stream = await scene.FollowAsync($"?runId={claim.Run}");
        await scene.SendAsync("behind");
        await claim.DeltaAsync("x");
        (await scene.Api.PatchAsync(scene.Path, new { title = "t" })).Ok();
        (await claim.CompleteAsync()).Ok();
        await stream.NextAsync("run.queued");
        await stream.NextAsync("run.started");
        await stream.UntilAsync("run.completed");
        await stream.EndsAsync("run_ended");
        Assert.All(stream.Seen.Where(frame => frame.Id is not null), frame => Assert.Equal(claim.Run, frame.Data.Text("runId")));
        Assert.Contains(stream.Seen, frame => frame.Event == "run.delta");
    }

    [Fact]
    public async Task The_stream_of_an_ended_run_is_told_again_from_any_cursor()
    {
        var scene = await Scene.OpenAsync(server);
        var run = await scene.TalkAsync();
        await scene.TalkAsync("another");
        using var whole = await scene.FollowAsync($"?runId={run}");
        await whole.NextAsync("run.queued");
        await whole.NextAsync("run.started");
        await whole.NextAsync("run.completed");
        await whole.EndsAsync("run_ended");
        using var rest = await scene.FollowAsync($"?runId={run}&after=3");
        await rest.NextAsync("run.completed");
        await rest.EndsAsync("run_ended");
        using var over = await scene.FollowAsync($"?runId={run}&after=4");
        await over.NextAsync("synchronized");
        await over.EndsAsync("run_ended");
        (await scene.Api.GetAsync($"{scene.Path}/events?runId=none")).Problem(404, "run_not_found");
        (await scene.Api.GetAsync($"{scene.Path}/events?runId=a%20b")).Problem(422, "invalid_id", "runId");
    }

    [Fact]
    public async Task A_send_that_accepts_events_follows_its_run_to_the_end()
    {
        var scene = await Scene.OpenAsync(server);
        using var stream = await EventStream.PostAsync(server, scene.Messages, new { text = "q", idempotencyKey = "k" });
        var run = (await stream.NextAsync("run.queued")).Text("runId");
        var claim = await scene.Worker.ClaimAsync();
        Assert.Equal(run, claim.Run);
        await claim.DeltaAsync("a");
        (await claim.CompleteAsync()).Ok();
        await stream.UntilAsync("run.completed");
        await stream.EndsAsync("run_ended");

        using var again = await EventStream.PostAsync(server, scene.Messages, new { text = "q", idempotencyKey = "k" });
        await again.NextAsync("run.queued");
        await again.NextAsync("run.started");
        await again.NextAsync("run.delta");
        await again.NextAsync("run.completed");
        await again.EndsAsync("run_ended");
        Assert.Single((await scene.Api.GetAsync($"{scene.Path}/runs")).Ok().Items());
    }

    [Fact]
    public async Task A_send_whose_key_was_aborted_early_streams_its_abort()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "k" })).Ok();
        using var stream = await EventStream.PostAsync(server, scene.Messages, new { text = "q", idempotencyKey = "k" });
        await stream.NextAsync("run.queued");
        await stream.NextAsync("run.aborted");
        await stream.EndsAsync("run_ended");
    }

    [Fact]
    public async Task A_send_that_is_refused_is_a_problem_also_to_who_accepts_events()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "" }, ("Accept", "text/event-stream"))).Problem(422, "invalid_request", "text");
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", agent = "nobody" }, ("Accept", "text/event-stream"))).Problem(404, "agent_not_found");
    }

    [Fact]
    public async Task A_repeated_send_streams_its_run_also_after_a_reset()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "q", idempotencyKey = "k" })).Ok(202);
        (await scene.Api.PostAsync($"{scene.Path}/reset")).Ok();
        using var stream = await EventStream.PostAsync(server, scene.Messages, new { text = "q", idempotencyKey = "k" });
        await stream.NextAsync("run.queued");
        Assert.Equal("session_reset", (await stream.NextAsync("run.aborted")).GetProperty("run").Text("abortReason"));
        await stream.EndsAsync("run_ended");
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("*/*", false)]
    [InlineData("text/event-stream;q=0, application/json", false)]
    [InlineData("not a type", false)]
    [InlineData("application/json;q=0.5, Text/Event-Stream", true)]
    public async Task Only_who_accepts_events_gets_them(string accept, bool events)
    {
        var scene = await Scene.OpenAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, scene.Messages);
        request.Content = new StringContent("{\"text\":\"t\"}", System.Text.Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await scene.Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(events ? 200 : 202, (int)response.StatusCode);
        Assert.Equal(events ? "text/event-stream" : "application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_disconnect_aborts_nothing()
    {
        var scene = await Scene.OpenAsync(server);
        string? run;
        using (var stream = await EventStream.PostAsync(server, scene.Messages, new { text = "q" }))
            run = (await stream.NextAsync("run.queued")).Text("runId");

        var claim = await scene.Worker.ClaimAsync();
        await claim.DeltaAsync("still here");
        (await claim.CompleteAsync()).Ok();
        Assert.Equal("completed", (await scene.GetRunAsync(run!)).Text("status"));
    }
}
