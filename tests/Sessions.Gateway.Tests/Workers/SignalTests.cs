namespace Sessions.Gateway.Tests;

public sealed class SignalTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_worker_hears_which_of_its_runs_to_stop_and_why()
    {
        var scene = await Scene.OpenAsync(server);
        using var signals = await EventStream.OpenAsync(server, $"/v1/workers/{scene.Worker.Id}/signals");
        await HearsAsync("user", () => scene.Api.PostAsync($"{scene.Path}/abort"));
        await HearsAsync("superseded", () => scene.Api.PostAsync(scene.Messages, new { text = "t", ifBusy = "interrupt" }));
        await (await scene.Worker.ClaimAsync()).CompleteAsync();
        await HearsAsync("session_reset", () => scene.Api.PostAsync($"{scene.Path}/reset"));
        await HearsAsync("session_deleted", () => scene.Api.DeleteAsync(scene.Path));

        async Task HearsAsync(string reason, Func<Task<Answer>> cause)
        {
            var claim = await scene.StartAsync();
            Assert.InRange((await cause()).Status, 200, 204);
            var abort = await signals.NextAsync("abort");
            Shape.OnlyHas(abort, "sessionId", "runId", "epoch", "reason");
            Assert.Equal(scene.Session, abort.Text("sessionId"));
            Assert.Equal(claim.Run, abort.Text("runId"));
            Assert.Equal(claim.Epoch, abort.Number("epoch"));
            Assert.Equal(reason, abort.Text("reason"));
        }
    }

    [Fact]
    public async Task What_a_worker_ends_itself_is_no_signal_and_neither_is_another_workers_run()
    {
        var scene = await Scene.OpenAsync(server);
        var other = await Scene.OpenAsync(server);
        using var signals = await EventStream.OpenAsync(server, $"/v1/workers/{scene.Worker.Id}/signals");
        await scene.TalkAsync();
        await other.StartAsync();
        (await other.Api.PostAsync($"{other.Path}/abort")).Ok();
        var claim = await scene.StartAsync();
        (await scene.Api.PostAsync($"{scene.Path}/abort")).Ok();
        Assert.Equal(claim.Run, (await signals.NextAsync("abort")).Text("runId"));
    }

    [Fact]
    public async Task A_run_past_its_deadline_is_signalled_with_the_code_it_failed_with()
    {
        var scene = await Scene.OpenAsync(server);
        using var signals = await EventStream.OpenAsync(server, $"/v1/workers/{scene.Worker.Id}/signals");
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", timeoutSeconds = 0.05 })).Ok(202);
        await scene.Worker.ClaimAsync();
        Assert.Equal("deadline_exceeded", (await signals.NextAsync("abort")).Text("reason"));
    }
}
