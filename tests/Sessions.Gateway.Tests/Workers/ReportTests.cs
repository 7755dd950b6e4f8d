namespace Sessions.Gateway.Tests;

public sealed class ReportTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task Output_and_heartbeats_extend_the_lease()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var first = Shape.Time(claim.Claim.GetProperty("lease"), "expiresAt");
        var output = (await claim.OutputAsync(new { type = "delta", text = "x" })).Ok();
        Shape.OnlyHas(output, "lease");
        var second = Shape.Time(Shape.Lease(output.GetProperty("lease")), "expiresAt");
        var third = Shape.Time(Shape.Lease((await claim.HeartbeatAsync()).Ok().GetProperty("lease")), "expiresAt");
        Assert.True(first < second && second < third, $"{first:O} {second:O} {third:O}");
    }

    [Fact]
    public async Task A_batch_lands_once_and_only_in_order()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        (await claim.BatchAsync(2, Delta("early"))).Problem(409, "batch_out_of_order");
        (await claim.BatchAsync(1, Delta("a"), Delta("b"))).Ok();
        Shape.Lease((await claim.BatchAsync(1, Delta("a"), Delta("b"))).Ok().GetProperty("lease"));
        (await claim.BatchAsync(3, Delta("d"))).Problem(409, "batch_out_of_order");
        (await claim.BatchAsync(2, Delta("c"))).Ok();
        (await claim.BatchAsync(1, Delta("a"))).Ok();
        (await claim.BatchAsync(-1, Delta("a"))).Problem(422, "invalid_request", "batch");
        Assert.Equal("abc", (await claim.CompleteAsync()).Ok().GetProperty("output").Text("text"));

        static object Delta(string text) => new { type = "delta", text };
    }

    [Fact]
    public async Task Completing_again_gives_the_same_run_and_a_given_text_replaces_the_streamed_one()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        await claim.DeltaAsync("streamed");
        var first = await claim.CompleteAsync("whole");
        Assert.Equal("whole", Shape.Run(first.Ok()).GetProperty("output").Text("text"));
        var again = await claim.CompleteAsync("whole");
        again.Ok();
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(first.Text, (await claim.CompleteAsync()).Text);
        Assert.Equal("completed", (await claim.FailAsync()).Problem(409, "lease_lost").Text("runStatus"));
        Assert.Equal("completed", (await claim.HeartbeatAsync()).Problem(409, "lease_lost").Text("runStatus"));
    }

    [Fact]
    public async Task Failing_again_gives_the_same_run()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var first = await claim.FailAsync();
        first.Ok();
        Assert.Equal(first.Text, (await claim.FailAsync()).Text);
        Assert.Equal("failed", (await claim.CompleteAsync()).Problem(409, "lease_lost").Text("runStatus"));
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("reset")]
    [InlineData("delete")]
    public async Task Every_write_to_a_run_that_was_taken_away_is_lease_lost_with_its_status(string how)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        if (how == "delete")
            (await scene.Api.DeleteAsync(scene.Path)).IsEmpty();
        else
            (await scene.Api.PostAsync($"{scene.Path}/{how}")).Ok();

        foreach (var answer in new[]
        {
            await claim.OutputAsync(new { type = "delta", text = "late" }),
            await claim.HeartbeatAsync(),
            await claim.CompleteAsync("late"),
            await claim.FailAsync(),
        })
        {
            Assert.Equal("aborted", answer.Problem(409, "lease_lost").Text("runStatus"));
        }
    }

    [Fact]
    public async Task A_stale_epoch_is_refused_everything()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", agent = scene.Agent, maxAttempts = 2 })).Ok(202);
        var stale = await scene.Worker.ClaimAsync();
        var requeued = Shape.Run((await stale.FailAsync("worker_exited")).Ok());
        Assert.Equal("queued", requeued.Text("status"));
        Assert.Equal("queued", (await stale.HeartbeatAsync()).Problem(409, "lease_lost").Text("runStatus"));
        var fresh = await scene.Worker.ClaimAsync();
        Assert.Equal(stale.Run, fresh.Run);
        foreach (var answer in new[] { await stale.HeartbeatAsync(), await stale.CompleteAsync(), await stale.FailAsync() })
            Assert.Equal("running", answer.Problem(409, "lease_lost").Text("runStatus"));

        Assert.Equal(2, (await fresh.CompleteAsync()).Ok().Number("attempt"));
    }

    [Fact]
    public async Task Runs_and_sessions_that_are_none_are_not_found()
    {
        var scene = await Scene.OpenAsync(server);
        foreach (var verb in new[] { "output", "heartbeat", "complete", "fail" })
        {
            var body = new { epoch = 1, items = new[] { new { type = "delta", text = "x" } }, code = "c", message = "m", phase = "run" };
            (await scene.Api.PostAsync($"{scene.Path}/runs/none/{verb}", body)).Problem(404, "run_not_found");
            var unknown = await scene.Api.PostAsync($"/v1/sessions/none/runs/none/{verb}", body);
            Assert.Equal(404, unknown.Status);
            (await scene.Api.PostAsync($"{scene.Path}/runs/none/{verb}", new { items = body.items, code = "c", phase = "run" }))
                .Problem(422, "invalid_request", "epoch");
        }
    }

    [Theory]
    [InlineData("""{"items":[]}""", "items")]
    [InlineData("""{}""", "items")]
    [InlineData("""{"items":[null]}""", "items[0]")]
    [InlineData("""{"items":[5]}""", "items[0]")]
    [InlineData("""{"items":[{"type":"delta","text":"ok"},{"type":"bogus"}]}""", "items[1].type")]
    [InlineData("""{"items":[{"text":"x"}]}""", "items[0].type")]
    [InlineData("""{"items":[{"type":"delta"}]}""", "items[0].text")]
    [InlineData("""{"items":[{"type":"delta","text":""}]}""", "items[0].text")]
    [InlineData("""{"items":[{"type":"delta","text":["x"]}]}""", "items[0].text")]
    [InlineData("""{"items":[{"type":"tool","name":"n","phase":"started"}]}""", "items[0].toolCallId")]
    [InlineData("""{"items":[{"type":"tool","toolCallId":"c","phase":"started"}]}""", "items[0].name")]
    [InlineData("""{"items":[{"type":"tool","toolCallId":"c","name":"n"}]}""", "items[0].phase")]
    [InlineData("""{"items":[{"type":"tool","toolCallId":"c","name":"n","phase":"done"}]}""", "items[0].phase")]
    [InlineData("""{"items":[{"type":"delta","text":"x"}],"batch":"1"}""", "batch")]
    [InlineData("""{"items":[{"type":"delta","text":"x"}],"epoch":"1"}""", "epoch")]
    public async Task Wrong_output_names_its_item_and_nothing_of_it_lands(string body, string field)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var request = body.Contains("epoch", StringComparison.Ordinal) ? body : $$"""{"epoch":{{claim.Epoch}},""" + body[1..];
        (await scene.Api.PostTextAsync($"{claim.Path}/output", request.Replace(",}", "}", StringComparison.Ordinal)))
            .Problem(422, "invalid_request", field);
        Assert.Equal("", (await claim.CompleteAsync()).Ok().GetProperty("output").Text("text"));
    }

    [Theory]
    [InlineData("complete", """{"usage":[]}""", "usage")]
    [InlineData("complete", """{"usage":5}""", "usage")]
    [InlineData("complete", """{"text":5}""", "text")]
    [InlineData("fail", """{"message":"m","phase":"run"}""", "code")]
    [InlineData("fail", """{"code":"","message":"m","phase":"run"}""", "code")]
    [InlineData("fail", """{"code":"c","message":"m"}""", "phase")]
    [InlineData("fail", """{"code":"c","message":"m","phase":"end"}""", "phase")]
    public async Task A_wrong_report_names_its_field_and_changes_nothing(string verb, string body, string field)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        (await scene.Api.PostTextAsync($"{claim.Path}/{verb}", $$"""{"epoch":{{claim.Epoch}},""" + body[1..]))
            .Problem(422, "invalid_request", field);
        Assert.Equal("running", (await scene.GetRunAsync(claim.Run)).Text("status"));
    }
}
