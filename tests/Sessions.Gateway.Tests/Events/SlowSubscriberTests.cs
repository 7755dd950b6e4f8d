using System.Diagnostics;

namespace Sessions.Gateway.Tests;

/// <summary>Invariant 32: a slow subscriber slows nobody else, costs bounded memory, and loses nothing.</summary>
public sealed class SlowSubscriberTests
{
    private const int Calls = 24;
    private const int ItemsPerCall = 12;
    private const int ItemBytes = 48 * 1024;

    [Fact]
    public async Task One_that_reads_nothing_for_long_gets_everything_in_the_end_and_slows_nobody()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var scene = await Scene.OpenAsync(own.Server);
        using var quick = await scene.FollowAsync("?after=1");
        using var slow = await scene.FollowAsync("?after=1");
        var claim = await scene.StartAsync();
        var reading = quick.UntilAsync("run.completed");
        await FloodAsync(claim);
        await reading;
        Assert.Equal(Calls * ItemsPerCall, Deltas(quick));

        // Only now does the slow one read.
        await slow.UntilAsync("run.completed");
        Assert.Equal(Calls * ItemsPerCall, Deltas(slow));

        static int Deltas(EventStream stream) => stream.Seen.Count(frame => frame.Event == "run.delta");
    }

    [Fact]
    public async Task One_that_takes_nothing_at_all_is_let_go_and_the_others_are_not()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(gateway =>
        {
            gateway.PingInterval = TimeSpan.FromMilliseconds(100);
            gateway.StallTimeout = TimeSpan.FromSeconds(2);
        }));
        var scene = await Scene.OpenAsync(own.Server);
        using var stalled = await RawClient.ConnectAsync(own.Server.Address, receiveBuffer: 4096);
        await stalled.GetAsync($"{scene.Path}/events?after=1");
        await stalled.ReadUntilAsync("synchronized");
        using var quick = await scene.FollowAsync("?after=1");
        var claim = await scene.StartAsync();
        var reading = quick.UntilAsync("run.completed");
        await FloodAsync(claim);
        await reading;
        var streams = (SseStreams)own.Server.Services.GetService(typeof(SseStreams))!;
        await Deadlines.UntilAsync(() => Task.FromResult(streams.Count), count => count == 1);
        Assert.True(await stalled.IsResetAsync());
        (await scene.Api.PatchAsync(scene.Path, new { title = "still there" })).Ok();
        await quick.UntilAsync("session.updated");
    }

    [Fact]
    public async Task One_that_reads_slowly_is_not_taken_for_one_that_reads_nothing()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(gateway =>
        {
            gateway.PingInterval = TimeSpan.FromMilliseconds(100);
            gateway.StallTimeout = TimeSpan.FromSeconds(2);
        }));
        var scene = await Scene.OpenAsync(own.Server);
        var claim = await scene.StartAsync();
        await FloodAsync(claim);
        using var slow = await RawClient.ConnectAsync(own.Server.Address, receiveBuffer: 64 * 1024);
        await slow.GetAsync($"{scene.Path}/events?runId={claim.Run}");

        // 13 MB at 2 MB/s: what the server reads from its log at once takes longer than the stall's time.
        var started = Stopwatch.GetTimestamp();
        long taken = 0;
        while (!slow.Received.ToString(Math.Max(0, slow.Received.Length - 200), Math.Min(200, slow.Received.Length)).Contains("event: end"))
        {
            var read = await slow.ReadAsync(16 * 1024);
            Assert.True(read > 0, "The connection ended.");
            taken += read;
            while (Stopwatch.GetElapsedTime(started).TotalSeconds * 2 * 1024 * 1024 < taken)
                await Task.Delay(1);
        }

        await slow.ReadUntilAsync("\r\n0\r\n\r\n");
        Assert.True(taken > 10 * 1024 * 1024);
    }

    private static async Task FloodAsync(ClaimedRun claim)
    {
        var items = Enumerable.Repeat<object>(new { type = "delta", text = new string('x', ItemBytes) }, ItemsPerCall).ToArray();
        for (var call = 0; call < Calls; call++)
            (await claim.OutputAsync(items)).Ok();

        (await claim.CompleteAsync("done")).Ok();
    }
}
