using System.Text.Json;

namespace Sessions.Gateway.Tests;

public sealed class ListSessionsTests
{
    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_newest_change_first()
    {
        await using var server = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var api = server.Api;
        for (var at = 0; at < 7; at++)
            (await api.PostAsync("/v1/sessions", new { id = $"s{at}" })).Ok(201);

        (await api.PatchAsync("/v1/sessions/s2", new { title = "touched" })).Ok();
        string[] expected = ["s2", "s6", "s5", "s4", "s3", "s1", "s0"];
        foreach (var size in new[] { 1, 3, 7, 100 })
        {
            var seen = new List<string?>();
            string? cursor = null;
            do
            {
                var page = (await api.GetAsync($"/v1/sessions?limit={size}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Ok();
                Shape.OnlyHas(page, "items", "nextCursor");
                Assert.True(page.Items().Length <= size);
                Assert.All(page.Items(), session => Shape.Session(session));
                seen.AddRange(page.Ids());
                cursor = page.Text("nextCursor");
            }
            while (cursor is not null);

            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Filters_take_what_is_asked_for_and_go_together()
    {
        await using var server = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        var idle = await Scene.OpenAsync(server.Server);
        await idle.TalkAsync();
        var queued = await Scene.OpenAsync(server.Server);
        await queued.SendAsync();
        var running = await Scene.OpenAsync(server.Server);
        await running.StartAsync();
        var failed = await Scene.OpenAsync(server.Server);
        (await (await failed.StartAsync()).FailAsync()).Ok();
        var stopped = await Scene.OpenAsync(server.Server);
        (await (await stopped.StartAsync()).FailAsync(phase: "start")).Ok();

        await IsAsync("status=idle", idle);
        await IsAsync("status=queued", queued);
        await IsAsync("status=running", running);
        await IsAsync("status=error", failed);
        await IsAsync("status=stopped", stopped);
        await IsAsync("active=true", running, queued);
        await IsAsync("active=false", stopped, failed, idle);
        await IsAsync($"agent={failed.Agent}", failed);
        await IsAsync($"agent={failed.Agent}&active=true");
        await IsAsync($"agent={queued.Agent}&active=true&status=queued&limit=1", queued);

        async Task IsAsync(string filter, params Scene[] expected)
        {
            var page = (await server.Api.GetAsync($"/v1/sessions?{filter}")).Ok();
            Assert.Equal(expected.Select(scene => scene.Session), page.Ids());
            Assert.True(page.IsNull("nextCursor"));
            Assert.All(page.Items(), (JsonElement session) => Shape.Session(session));
        }
    }

    [Theory]
    [InlineData("status=bogus", "invalid_request", "status")]
    [InlineData("status=", "invalid_request", "status")]
    [InlineData("status=Idle", "invalid_request", "status")]
    [InlineData("active=yes", "invalid_request", "active")]
    [InlineData("agent=a%20b", "invalid_id", "agent")]
    [InlineData("limit=0", "invalid_request", "limit")]
    [InlineData("limit=1001", "invalid_request", "limit")]
    [InlineData("limit=-1", "invalid_request", "limit")]
    [InlineData("limit=ten", "invalid_request", "limit")]
    [InlineData("limit=1&limit=2", "invalid_request", "limit")]
    [InlineData("cursor=bogus", "invalid_cursor", "cursor")]
    public async Task A_wrong_query_names_its_key(string query, string code, string field)
    {
        await using var server = new AsyncServer(await GatewayServer.StartAsync(_ => { }));
        (await server.Api.GetAsync($"/v1/sessions?{query}")).Problem(422, code, field);
        (await server.Api.GetAsync("/v1/sessions?limit=1000&unknown=1")).Ok();
    }
}
