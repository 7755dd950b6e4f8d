namespace Sessions.Server.Tests;

/// <summary>SIGTERM: no new work, a grace for what runs, an end for what remains, no stream that looks complete.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_run_that_ends_within_the_grace_completes_and_the_streams_are_reset()
    {
        await using var server = await ServerProcess.StartAsync(null, "--Sessions:Agents:echo:WordDelay=00:00:00.500");
        await server.Http.PostJsonAsync("/v1/sessions/s/messages", new { text = "one two three four five six seven eight", runId = "r" });
        using var session = await Follower.OpenAsync(server.Http, "/v1/sessions/s/events");
        using var run = await Follower.OpenAsync(server.Http, "/v1/sessions/s/events?runId=r");
        using var watch = await Follower.OpenAsync(server.Http, "/v1/sessions/watch");
        await session.SeesAsync("run.delta");
        server.Terminate();
        await IsDrainingAsync(server);
        Assert.False(await session.EndsCleanlyAsync());
        Assert.Contains("event: run.completed", session.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("event: end", session.Text, StringComparison.Ordinal);
        Assert.True(await run.EndsCleanlyAsync());
        Assert.EndsWith("event: end\ndata: {\"reason\":\"run_ended\"}\n\n", run.Text, StringComparison.Ordinal);
        Assert.False(await watch.EndsCleanlyAsync());
        Assert.Contains("\"status\":\"idle\"", watch.Text, StringComparison.Ordinal);
        Assert.Equal(0, await server.ExitAsync());
        Assert.Equal("", server.Errors);
    }

    [Fact]
    public async Task A_longer_run_ends_as_worker_shutdown_and_its_stream_says_so_also_after_a_second_signal()
    {
        await using var server = await ServerProcess.StartAsync(null, "--Sessions:Agents:echo:WordDelay=00:01:00");
        await server.Http.PostJsonAsync("/v1/sessions/s/messages", new { text = "one two", runId = "r" });
        await server.Http.PostJsonAsync("/v1/sessions/waits/messages", new { text = "t", runId = "w" });
        using var session = await Follower.OpenAsync(server.Http, "/v1/sessions/s/events");
        await session.SeesAsync("run.delta");
        var waiting = server.Http.GetAsync("/v1/sessions/s/runs/r?waitSeconds=60");
        server.Terminate();
        await IsDrainingAsync(server);
        server.Terminate();
        Assert.False(await session.EndsCleanlyAsync());
        Assert.Contains("event: run.failed", session.Text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"worker_shutdown\"", session.Text, StringComparison.Ordinal);
        Assert.Contains("\"output\":{\"text\":\"one \"}", session.Text, StringComparison.Ordinal);
        Assert.Equal("failed", (await waiting.ReadJsonAsync()).Text("status"));
        Assert.Equal(0, await server.ExitAsync());
        Assert.Equal("", server.Errors);
    }

    [Fact]
    public async Task Who_waits_for_long_does_not_hold_up_the_end()
    {
        await using var server = await ServerProcess.StartAsync(null, "--Sessions:Agents:far:Kind=remote");
        await server.Http.PostJsonAsync("/v1/sessions/s/messages", new { text = "t", runId = "r", agent = "far" });
        var waiting = server.Http.GetAsync("/v1/sessions/s/runs/r?waitSeconds=60");
        var claiming = server.Http.PostJsonAsync("/v1/workers/claims", new { workerId = "w", agents = new[] { "else" }, waitSeconds = 60 });
        using var watch = await Follower.OpenAsync(server.Http, "/v1/sessions/watch");
        await watch.SeesAsync("synchronized");
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        server.Terminate();
        Assert.Equal("queued", (await waiting.ReadJsonAsync()).Text("status"));
        Assert.True((int)(await claiming).StatusCode is 204 or 503);
        Assert.Equal(0, await server.ExitAsync());
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(15));
    }

    private static async Task IsDrainingAsync(ServerProcess server)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while ((int)(await server.Http.GetAsync("/readyz")).StatusCode != 503)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "Still ready.");
            await Task.Delay(5);
        }

        var refused = await server.Http.PostJsonAsync("/v1/sessions/new/messages", new { text = "t" });
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Contains("\"draining\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
