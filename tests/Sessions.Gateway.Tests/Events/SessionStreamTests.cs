namespace Sessions.Gateway.Tests;

public sealed class SessionStreamTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_session_from_its_beginning_is_told_in_order_and_then_goes_on_live()
    {
        var scene = await Scene.OpenAsync(server);
        var run = await scene.TalkAsync("q", "a");
        using var stream = await scene.FollowAsync();
        var created = await stream.NextAsync("session.created");
        Assert.Equal(1, created.Number("seq"));
        Assert.Equal(scene.Session, Shape.Session(created.GetProperty("session")).Text("id"));
        Assert.Equal("queued", Shape.Run((await stream.NextAsync("run.queued")).GetProperty("run")).Text("status"));
        var started = await stream.NextAsync("run.started");
        Assert.Equal(run, started.Text("runId"));
        Assert.Equal(1, started.Number("attempt"));
        Assert.Equal(scene.Worker.Id, started.Text("workerId"));
        var completed = Shape.Run((await stream.NextAsync("run.completed")).GetProperty("run"));
        Assert.Equal("a", completed.GetProperty("output").Text("text"));
        Assert.Equal(4, (await stream.NextAsync("synchronized")).Number("lastSeq"));

        (await scene.Api.PatchAsync(scene.Path, new { title = "live" })).Ok();
        Assert.Equal("live", Shape.Session((await stream.NextAsync("session.updated")).GetProperty("session")).Text("title"));
        (await scene.Api.PostAsync($"{scene.Path}/reset")).Ok();
        Assert.Equal(2, Shape.Session((await stream.NextAsync("session.reset")).GetProperty("session")).Number("generation"));
        (await scene.Api.DeleteAsync(scene.Path)).IsEmpty();
        Assert.True(Shape.Session((await stream.NextAsync("session.deleted")).GetProperty("session")).Flag("deleted"));
        await stream.EndsAsync("session_deleted");
    }

    [Fact]
    public async Task Every_kind_of_output_reaches_subscribers_with_all_its_fields()
    {
        var scene = await Scene.OpenAsync(server);
        using var live = await scene.FollowAsync("?after=1");
        await live.NextAsync("synchronized");
        var claim = await scene.StartAsync();
        (await claim.OutputAsync(
            new { type = "delta", text = "Hel" },
            new { type = "content", text = "block" },
            new { type = "tool", toolCallId = "c1", name = "search", phase = "started", arguments = new { q = "x", n = 1.50m } },
            new { type = "tool", toolCallId = "c1", name = "search", phase = "result", result = new object?[] { null, true, "r" } },
            new { type = "tool", toolCallId = "c2", name = "bare", phase = "started", arguments = (object?)null },
            new { type = "notice", text = "thinking" })).Ok();
        (await claim.CompleteAsync()).Ok();
        using var replay = await scene.FollowAsync($"?after=1");
        foreach (var stream in new[] { live, replay })
        {
            await stream.NextAsync("run.queued");
            await stream.NextAsync("run.started");
            Assert.Equal("Hel", (await stream.NextAsync("run.delta")).Text("text"));
            Assert.Equal("block", (await stream.NextAsync("run.content")).Text("text"));
            var call = await stream.NextAsync("run.tool");
            Shape.OnlyHas(call, "seq", "type", "sessionId", "runId", "at", "toolCallId", "name", "phase", "arguments");
            Assert.Equal("c1 search started", $"{call.Text("toolCallId")} {call.Text("name")} {call.Text("phase")}");
            Assert.Equal("""{"q":"x","n":1.50}""", call.GetProperty("arguments").GetRawText());
            var result = await stream.NextAsync("run.tool");
            Assert.Equal("result", result.Text("phase"));
            Assert.Equal("""[null,true,"r"]""", result.GetProperty("result").GetRawText());
            Assert.True((await stream.NextAsync("run.tool")).IsNull("arguments"));
            Assert.Equal("thinking", (await stream.NextAsync("run.notice")).Text("text"));
            Assert.Equal("Helblock", (await stream.NextAsync("run.completed")).GetProperty("run").GetProperty("output").Text("text"));
        }
    }

    [Fact]
    public async Task A_requeue_and_terminal_events_carry_their_errors_reasons_and_partial_text()
    {
        var scene = await Scene.OpenAsync(server);
        using var stream = await scene.FollowAsync("?after=1");
        await stream.NextAsync("synchronized");
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", maxAttempts = 2 })).Ok(202);
        (await (await scene.Worker.ClaimAsync()).FailAsync("worker_exited", "Exit 137.")).Ok();
        await stream.UntilAsync("run.started");
        var requeued = await stream.NextAsync("run.requeued");
        Assert.Equal(1, requeued.Number("attempt"));
        Assert.Equal("worker_exited Exit 137.", $"{requeued.GetProperty("error").Text("code")} {requeued.GetProperty("error").Text("message")}");
        var again = await scene.Worker.ClaimAsync();
        Assert.Equal(2, (await stream.NextAsync("run.started")).Number("attempt"));
        await again.DeltaAsync("part");
        (await again.FailAsync("agent_error", "Broke.")).Ok();
        await stream.NextAsync("run.delta");
        var failed = Shape.Run((await stream.NextAsync("run.failed")).GetProperty("run"));
        Assert.Equal("part", failed.GetProperty("output").Text("text"));
        Assert.Equal("agent_error", failed.GetProperty("error").Text("code"));

        var aborted = await scene.StartAsync();
        await aborted.DeltaAsync("cut");
        (await scene.Api.PostAsync($"{scene.Path}/abort")).Ok();
        var end = Shape.Run((await stream.UntilAsync("run.aborted")).GetProperty("run"));
        Assert.Equal("user", end.Text("abortReason"));
        Assert.Equal("cut", end.GetProperty("output").Text("text"));
    }

    [Fact]
    public async Task A_lost_lease_ends_the_run_as_worker_lost()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }, "--Sessions:Lease:Ttl=00:00:01"));
        var scene = await Scene.OpenAsync(own.Server);
        using var stream = await scene.FollowAsync();
        await scene.StartAsync();
        Assert.Equal("worker_lost", (await stream.UntilAsync("run.failed")).GetProperty("run").GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task Order_holds_for_many_subscribers_who_come_at_any_time()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var followers = new List<Task<string>>();
        for (var at = 0; at < 200; at++)
        {
            if (at % 20 == 0)
                followers.Add(FollowAsync(at % 40 == 0 ? 0 : at / 2));

            await claim.DeltaAsync($"{at} ");
        }

        (await claim.CompleteAsync()).Ok();
        var whole = string.Concat(Enumerable.Range(0, 200).Select(at => $"{at} "));
        Assert.All(await Task.WhenAll(followers), text => Assert.EndsWith(text, whole, StringComparison.Ordinal));
        Assert.Equal(whole, (await followers[0])[..whole.Length]);

        async Task<string> FollowAsync(int after)
        {
            using var stream = await scene.FollowAsync($"?after={after}");
            await stream.UntilAsync("run.completed");
            return string.Concat(stream.Seen.Where(frame => frame.Event == "run.delta").Select(frame => frame.Data.Text("text")));
        }
    }

    [Fact]
    public async Task A_silent_stream_is_pinged()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(gateway => gateway.PingInterval = TimeSpan.FromMilliseconds(50)));
        var scene = await Scene.OpenAsync(own.Server);
        foreach (var path in new[] { $"{scene.Path}/events", "/v1/sessions/watch", "/v1/workers/w/signals" })
        {
            using var stream = await EventStream.OpenAsync(own.Server, path);
            await stream.PingAsync();
            await stream.PingAsync();
        }
    }
}
