using Microsoft.Extensions.DependencyInjection;

namespace Sessions.Gateway.Tests;

/// <summary>Invariant 33: no event stream ends cleanly without <c>end</c>.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task A_replica_that_lets_go_resets_every_stream_and_none_looks_ended()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        var claim = await scene.StartAsync();
        string[] paths =
        [
            $"{scene.Path}/events", $"{scene.Path}/events?runId={claim.Run}", "/v1/sessions/watch", "/v1/workers/w/signals",
        ];
        var raw = new List<RawClient>();
        var streams = new List<EventStream>();
        foreach (var path in paths)
        {
            streams.Add(await EventStream.OpenAsync(own.Server, path));
            var client = await RawClient.ConnectAsync(own.Server.Address);
            await client.GetAsync(path);
            await client.ReadUntilAsync("\r\n\r\n");
            raw.Add(client);
        }

        streams.Add(await EventStream.PostAsync(own.Server, scene.Messages, new { text = "waits" }));
        await streams[^1].NextAsync("run.queued");
        var stopping = own.Server.StopAsync();
        foreach (var stream in streams)
            await stream.ResetsAsync();

        foreach (var client in raw)
            Assert.True(await client.IsResetAsync(), client.Received.ToString());

        await stopping;
        streams.ForEach(stream => stream.Dispose());
        raw.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task What_happened_before_is_delivered_before_the_reset()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        var claim = await scene.StartAsync();
        var session = new List<EventStream>();
        var run = new List<EventStream>();
        for (var at = 0; at < 20; at++)
        {
            session.Add(await scene.FollowAsync());
            run.Add(await scene.FollowAsync($"?runId={claim.Run}"));
        }

        (await claim.FailAsync("worker_shutdown", "Stopped.")).Ok();
        await own.Server.Services.LetGoAsync(CancellationToken.None);
        foreach (var stream in session)
        {
            await stream.ResetsAsync();
            Assert.Equal("run.failed", stream.Seen[^1].Event);
            stream.Dispose();
        }

        foreach (var stream in run)
        {
            await stream.UntilAsync("run.failed");
            await stream.EndsAsync("run_ended");
            stream.Dispose();
        }
    }

    [Fact]
    public async Task A_stream_that_is_opened_too_late_is_reset_at_once()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        await own.Server.Services.LetGoAsync(CancellationToken.None);
        using var client = await RawClient.ConnectAsync(own.Server.Address);
        await client.GetAsync($"{scene.Path}/events");
        Assert.True(await client.IsResetAsync());
    }

    [Fact]
    public async Task Who_waits_for_a_run_or_for_work_is_answered_instead_of_held()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        var claim = await scene.StartAsync();
        var waiting = scene.Api.GetAsync($"{scene.Path}/runs/{claim.Run}?waitSeconds=60");
        var claiming = scene.Worker.TryClaimAsync(waitSeconds: 60);
        var agents = await Deadlines.UntilAsync(() => own.Api.GetAsync("/v1/agents"), answer => answer.Text.Contains(scene.Agent));
        agents.Ok();
        own.Server.Services.GetRequiredService<ReplicaState>().Drain();
        Assert.True((await claiming).Status is 204 or 503);
        await own.Server.Services.LetGoAsync(CancellationToken.None);
        Assert.Equal("running", (await waiting).Ok().Text("status"));
    }
}
