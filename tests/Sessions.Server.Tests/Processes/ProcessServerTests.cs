namespace Sessions.Server.Tests;

/// <summary>What a server and its agents of kind <c>process</c> are to each other. Invariants 2, 22, 24 and 25.</summary>
public sealed class ProcessServerTests
{
    [Fact]
    public async Task More_runs_than_an_agent_may_have_stay_queued()
    {
        await using var scene = await ProcessScene.StartAsync("--Sessions:Agents:sh:MaxConcurrency=1");
        await scene.SendAsync("one", "r", ProcessScene.Announce + "exec sleep 1000");
        using var first = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/one/events?after=0");
        await first.SeesAsync(ProcessScene.Announced);
        await scene.SendAsync("two", "r", ProcessScene.Complete);
        Assert.Equal("queued", (await scene.Server.Http.GetJsonAsync("/v1/sessions/two/runs/r?waitSeconds=2")).Text("status"));
        await scene.SendAsync("three", "r", "other agents go on", "echo");
        Assert.Equal("completed", (await scene.Server.Http.GetJsonAsync("/v1/sessions/three/runs/r?waitSeconds=30")).Text("status"));

        await scene.Server.Http.PostJsonAsync("/v1/sessions/one/abort", new { });
        Assert.Equal("completed", (await scene.Server.Http.GetJsonAsync("/v1/sessions/two/runs/r?waitSeconds=30")).Text("status"));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_children_as_worker_shutdown()
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + "trap '' TERM; sleep 1000 & sleep 1000; sleep 1000");
        using var session = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/s/events?after=0");
        await session.SeesAsync(ProcessScene.Announced);
        scene.Server.Terminate();
        Assert.False(await session.EndsCleanlyAsync());
        Assert.Contains("\"code\":\"worker_shutdown\"", session.Text, StringComparison.Ordinal);
        Assert.Equal(0, await scene.Server.ExitAsync());
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(session.Text));
    }

    [Theory]
    [InlineData("exec sleep 1000")]
    [InlineData("trap '' TERM; sleep 1000 & sleep 1000; sleep 1000; sleep 1000")]
    public async Task The_children_of_a_server_that_was_killed_are_ended_too(string script)
    {
        int group;
        await using (var scene = await ProcessScene.StartAsync())
        {
            await scene.SendAsync("s", "r", ProcessScene.Announce + script);
            using var session = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/s/events?after=0");
            await session.SeesAsync(ProcessScene.Announced);
            group = ProcessScene.GroupIn(session.Text);
            Assert.NotEqual("", ProcessScene.Living(group));
        }

        // Disposal is a SIGKILL to the server alone.
        await ProcessScene.IsGoneAsync(group);
    }
}
