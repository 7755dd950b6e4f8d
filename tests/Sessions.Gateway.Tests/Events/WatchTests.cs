using System.Text.Json;

namespace Sessions.Gateway.Tests;

public sealed class WatchTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("?snapshot=active", true)]
    [InlineData("?snapshot=all", true)]
    [InlineData("?snapshot=none", false)]
    public async Task The_first_snapshot_is_what_was_asked_for(string query, bool active)
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var idle = await Scene.OpenAsync(own.Server);
        await idle.TalkAsync();
        var busy = await Scene.OpenAsync(own.Server);
        await busy.SendAsync();
        using var watch = await EventStream.OpenAsync(own.Server, $"/v1/sessions/watch{query}");
        await watch.UntilAsync("synchronized");
        var expected = new[] { active ? busy.Session : null, query.EndsWith("all", StringComparison.Ordinal) ? idle.Session : null };
        Assert.Equal(
            expected.OfType<string>(),
            watch.Seen.Where(frame => frame.Event == "session").Select(frame => Shape.Session(frame.Data).Text("id")));
        Assert.All(watch.Seen, frame => Assert.Null(frame.Id));
    }

    [Fact]
    public async Task Changes_come_with_versions_that_never_go_back_up_to_the_tombstone()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        using var watch = await EventStream.OpenAsync(own.Server, "/v1/sessions/watch?snapshot=none");
        await watch.NextAsync("synchronized");
        var scenes = new List<Scene>();
        for (var at = 0; at < 5; at++)
            scenes.Add(await Scene.OpenAsync(own.Server));

        await Task.WhenAll(scenes.Select(async scene =>
        {
            for (var turn = 0; turn < 5; turn++)
                await scene.TalkAsync();

            (await scene.Api.DeleteAsync(scene.Path)).IsEmpty();
        }));

        var versions = new Dictionary<string, long>();
        var tombstones = 0;
        while (tombstones < scenes.Count)
        {
            JsonElement session = Shape.Session(await watch.NextAsync("session"));
            var id = session.Text("id")!;
            Assert.True(session.Number("version") > versions.GetValueOrDefault(id), $"{session} after {versions.GetValueOrDefault(id)}");
            versions[id] = session.Number("version");
            if (session.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean())
                tombstones++;
        }

        // Created, five times queued, started and completed, deleted.
        Assert.All(versions.Values, version => Assert.Equal(17, version));
    }

    [Fact]
    public async Task An_unknown_snapshot_is_refused()
    {
        await using var own = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        (await own.Api.GetAsync("/v1/sessions/watch?snapshot=some")).Problem(422, "invalid_request", "snapshot");
        (await own.Api.GetAsync("/v1/sessions/watch?snapshot=")).Problem(422, "invalid_request", "snapshot");
    }
}
