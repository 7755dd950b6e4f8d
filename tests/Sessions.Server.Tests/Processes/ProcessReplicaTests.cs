namespace Sessions.Server.Tests;

/// <summary>A replica that goes, and what is known of the children that it had. Invariants 2, 21, 24 and 25.</summary>
public sealed class ProcessReplicaTests
{
    [Fact]
    public async Task A_replica_that_stops_ends_its_children_as_worker_shutdown_and_another_one_tells()
    {
        await using var scene = await ProcessScene.StartReplicasAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + "trap '' TERM; sleep 1000 & sleep 1000; sleep 1000");
        var (group, server) = await RunningAsync(scene);
        using var other = await Follower.OpenAsync(scene.ReadsBeside(server), "/v1/sessions/s/events?runId=r&after=0");
        server.Terminate();
        Assert.True(await other.EndsCleanlyAsync());
        Assert.Contains("\"code\":\"worker_shutdown\"", other.Text, StringComparison.Ordinal);
        Assert.Equal(1, ProcessScene.TerminalsIn(other.Text));
        Assert.Equal(0, await server.ExitAsync());
        await ProcessScene.IsGoneAsync(group);
    }

    [Fact]
    public async Task A_replica_that_is_killed_leaves_its_run_to_its_lease_and_the_next_run_to_the_others()
    {
        await using var scene = await ProcessScene.StartReplicasAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + "exec sleep 1000");
        await scene.SendAsync("s", "next", ProcessScene.Complete);
        var (group, server) = await RunningAsync(scene);
        var reads = scene.ReadsBeside(server);
        using var other = await Follower.OpenAsync(reads, "/v1/sessions/s/events?runId=r&after=0");
        server.Kill();
        Assert.True(await other.EndsCleanlyAsync());
        Assert.Contains("\"code\":\"worker_lost\"", other.Text, StringComparison.Ordinal);
        Assert.Equal(1, ProcessScene.TerminalsIn(other.Text));
        Assert.Equal("completed", (await reads.GetJsonAsync("/v1/sessions/s/runs/next?waitSeconds=30")).Text("status"));
        await ProcessScene.IsGoneAsync(group);
    }

    /// <summary>Waits until the child is there, and finds the server whose it is.</summary>
    private static async Task<(int Group, ServerProcess Server)> RunningAsync(ProcessScene scene)
    {
        using var session = await Follower.OpenAsync(scene.Reads, "/v1/sessions/s/events?after=0");
        await session.SeesAsync(ProcessScene.Announced);
        var group = ProcessScene.GroupIn(session.Text);
        return (group, scene.ServerOf(group));
    }
}
