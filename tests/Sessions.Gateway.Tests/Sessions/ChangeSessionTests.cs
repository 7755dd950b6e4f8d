namespace Sessions.Gateway.Tests;

public sealed class ChangeSessionTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task A_patch_changes_what_it_names_and_leaves_the_rest()
    {
        (await _api.PostAsync("/v1/sessions", new { id = "p1", title = "old", metadata = new { a = "1", b = "2" } })).Ok(201);
        var titled = Shape.Session((await _api.PatchAsync("/v1/sessions/p1", new { title = "new" })).Ok());
        Assert.Equal("new", titled.Text("title"));
        Assert.Equal("""{"a":"1","b":"2"}""", titled.GetProperty("metadata").GetRawText());
        Assert.Equal(2, titled.Number("version"));

        var described = (await _api.PatchAsync("/v1/sessions/p1", new { title = (string?)null, metadata = new { c = "3" } })).Ok();
        Assert.Equal("new", described.Text("title"));
        Assert.Equal("""{"c":"3"}""", described.GetProperty("metadata").GetRawText());

        var untitled = (await _api.PatchAsync("/v1/sessions/p1", new { title = "" })).Ok();
        Assert.True(untitled.IsNull("title"));
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_makes_no_version()
    {
        (await _api.PostAsync("/v1/sessions", new { id = "p2", title = "same" })).Ok(201);
        Assert.Equal(1, (await _api.PatchAsync("/v1/sessions/p2", new { title = "same" })).Ok().Number("version"));
        Assert.Equal(1, (await _api.PatchAsync("/v1/sessions/p2", new { })).Ok().Number("lastSeq"));
    }

    [Fact]
    public async Task What_is_not_there_can_not_be_changed()
    {
        (await _api.PatchAsync("/v1/sessions/absent", new { title = "t" })).Problem(404, "session_not_found");
        (await _api.PostAsync("/v1/sessions/absent/reset")).Problem(404, "session_not_found");
        (await _api.PostAsync("/v1/sessions/absent/abort")).Problem(404, "session_not_found");
        (await _api.DeleteAsync("/v1/sessions/absent")).Problem(404, "session_not_found");
        (await _api.GetAsync("/v1/sessions/absent")).Problem(404, "session_not_found");
        (await _api.GetAsync("/v1/sessions/absent/messages")).Problem(404, "session_not_found");
        (await _api.GetAsync("/v1/sessions/absent/runs")).Problem(404, "session_not_found");
        (await _api.GetAsync("/v1/sessions/absent/runs/r")).Problem(404, "session_not_found");
        (await _api.GetAsync("/v1/sessions/absent/events")).Problem(404, "session_not_found");
    }

    [Fact]
    public async Task A_deleted_session_says_so_everywhere_and_is_deleted_again_without_complaint()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync();
        (await _api.DeleteAsync(scene.Path)).IsEmpty();
        (await _api.DeleteAsync(scene.Path)).IsEmpty();
        (await _api.GetAsync(scene.Path)).Problem(410, "session_deleted");
        (await _api.PatchAsync(scene.Path, new { title = "t" })).Problem(410, "session_deleted");
        (await _api.PostAsync($"{scene.Path}/reset")).Problem(410, "session_deleted");
        (await _api.PostAsync($"{scene.Path}/abort")).Problem(410, "session_deleted");
        (await _api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = "new" })).Problem(410, "session_deleted");
        (await _api.PostAsync(scene.Messages, new { text = "t" })).Problem(410, "session_deleted");
        (await _api.GetAsync(scene.Messages)).Problem(410, "session_deleted");
        (await _api.GetAsync($"{scene.Path}/runs")).Problem(410, "session_deleted");
        (await _api.GetAsync($"{scene.Path}/runs/r")).Problem(410, "session_deleted");
        (await _api.GetAsync($"{scene.Path}/events")).Problem(410, "session_deleted");
        Assert.DoesNotContain(scene.Session, (await _api.GetAsync("/v1/sessions?limit=1000")).Ok().Ids());
    }

    [Fact]
    public async Task A_reset_aborts_all_runs_cuts_the_history_and_frees_the_binding()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync("before");
        var active = await scene.StartAsync("active");
        await active.DeltaAsync("partial");
        var queued = await scene.SendAsync("queued");
        var before = await scene.GetAsync();
        Assert.Equal("bound", before.GetProperty("binding").Text("state"));

        var reset = Shape.Session((await _api.PostAsync($"{scene.Path}/reset")).Ok());
        Assert.Equal(before.Number("generation") + 1, reset.Number("generation"));
        Assert.True(reset.Number("lastSeq") > before.Number("lastSeq"));
        Assert.Equal("idle", reset.Text("status"));
        Assert.Equal("none", reset.GetProperty("binding").Text("state"));
        Assert.True(reset.IsNull("lastRun"));
        Assert.Empty((await _api.GetAsync(scene.Messages)).Ok().Items());
        foreach (var run in new[] { active.Run, queued })
        {
            var ended = await scene.GetRunAsync(run);
            Assert.Equal("aborted", ended.Text("status"));
            Assert.Equal("session_reset", ended.Text("abortReason"));
        }

        Assert.Equal("aborted", (await active.OutputAsync(new { type = "delta", text = "late" })).Problem(409, "lease_lost").Text("runStatus"));
        (await _api.PostAsync(scene.Messages, new { text = "other agent", agent = "other" })).Ok(202);
    }
}
