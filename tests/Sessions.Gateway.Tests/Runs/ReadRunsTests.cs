using System.Diagnostics;

namespace Sessions.Gateway.Tests;

public sealed class ReadRunsTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task Pages_of_runs_follow_each_other_newest_first()
    {
        var scene = await Scene.OpenAsync(server);
        var sent = new List<string?>();
        for (var at = 0; at < 5; at++)
            sent.Insert(0, await scene.TalkAsync());

        await scene.StartAsync();
        sent.Insert(0, (await scene.GetAsync()).Text("activeRunId")!);
        foreach (var size in new[] { 1, 2, 6, 7 })
        {
            var seen = new List<string?>();
            string? cursor = null;
            do
            {
                var page = (await scene.Api.GetAsync($"{scene.Path}/runs?limit={size}{(cursor is null ? "" : $"&cursor={cursor}")}")).Ok();
                Shape.OnlyHas(page, "items", "nextCursor");
                Assert.All(page.Items(), run => Shape.Run(run));
                seen.AddRange(page.Ids());
                cursor = page.Text("nextCursor");
            }
            while (cursor is not null);

            Assert.Equal(sent, seen);
        }

        (await scene.Api.GetAsync($"{scene.Path}/runs?cursor=x")).Problem(422, "invalid_cursor", "cursor");
        (await scene.Api.GetAsync($"{scene.Path}/runs?limit=1001")).Problem(422, "invalid_request", "limit");
    }

    [Fact]
    public async Task A_wait_ends_when_the_run_does()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var waiting = scene.Api.GetAsync($"{scene.Path}/runs/{claim.Run}?waitSeconds=60");
        await claim.DeltaAsync("x");
        Assert.False(waiting.IsCompleted);
        (await claim.CompleteAsync()).Ok();
        Assert.Equal("completed", Shape.Run((await waiting).Ok()).Text("status"));
    }

    [Fact]
    public async Task A_wait_that_is_up_gives_the_run_as_it_stands()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var started = Stopwatch.GetTimestamp();
        Assert.Equal("running", (await scene.Api.GetAsync($"{scene.Path}/runs/{claim.Run}?waitSeconds=0.2")).Ok().Text("status"));
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.19));
    }

    [Theory]
    [InlineData("waitSeconds=61")]
    [InlineData("waitSeconds=-1")]
    [InlineData("waitSeconds=")]
    [InlineData("waitSeconds=NaN")]
    [InlineData("waitSeconds=soon")]
    public async Task A_wrong_wait_is_refused(string query)
    {
        var scene = await Scene.OpenAsync(server);
        var run = await scene.SendAsync();
        (await scene.Api.GetAsync($"{scene.Path}/runs/{run}?{query}")).Problem(422, "invalid_request", "waitSeconds");
        (await scene.Api.GetAsync($"{scene.Path}/runs/unknown?waitSeconds=60")).Problem(404, "run_not_found");
    }
}
