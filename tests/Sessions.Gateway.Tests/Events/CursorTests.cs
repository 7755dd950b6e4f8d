namespace Sessions.Gateway.Tests;

public sealed class CursorTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_stream_goes_on_behind_its_cursor_named_by_query_or_header_the_greater_one_counts()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync();
        (string Query, string? Header)[] cursors = [("?after=2", null), ("", "2"), ("?after=1", "2"), ("?after=2", "1"), ("?after=2", "0")];
        foreach (var (query, header) in cursors)
        {
            using var stream = await scene.FollowAsync(query, header is null ? [] : [("Last-Event-ID", header)]);
            Assert.Equal(3, (await stream.NextAsync("run.started")).Number("seq"));
            await stream.NextAsync("run.completed");
            Assert.Equal(4, (await stream.NextAsync("synchronized")).Number("lastSeq"));
        }

        using var behind = await scene.FollowAsync("?after=4");
        Assert.Equal(4, (await behind.NextAsync("synchronized")).Number("lastSeq"));
    }

    [Fact]
    public async Task Every_cursor_resumes_without_gap_or_repeat()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        for (var at = 0; at < 10; at++)
            await claim.DeltaAsync($"{at}");

        (await claim.CompleteAsync()).Ok();
        var last = (await scene.GetAsync()).Number("lastSeq");
        for (var after = 1; after < last; after++)
        {
            using var stream = await scene.FollowAsync($"?after={after}");
            for (var seq = after + 1; seq <= last; seq++)
                Assert.Equal(seq, (await stream.NextAsync())!.Id);

            await stream.NextAsync("synchronized");
        }
    }

    [Fact]
    public async Task After_zero_is_the_current_generation_and_an_older_cursor_still_resumes_over_the_reset()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync();
        (await scene.Api.PostAsync($"{scene.Path}/reset")).Ok();
        await scene.TalkAsync("new");
        foreach (var query in new[] { "", "?after=0" })
        {
            using var stream = await scene.FollowAsync(query);
            Assert.Equal(5, (await stream.NextAsync("session.reset")).Number("seq"));
            Assert.Equal(6, (await stream.NextAsync("run.queued")).Number("seq"));
        }

        using var older = await scene.FollowAsync("?after=3");
        await older.NextAsync("run.completed");
        await older.NextAsync("session.reset");
    }

    [Fact]
    public async Task A_cursor_beyond_the_log_is_a_conflict()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.GetAsync($"{scene.Path}/events?after=2")).Problem(409, "cursor_ahead");
        (await scene.Api.GetAsync($"{scene.Path}/events", ("Last-Event-ID", "9223372036854775807"))).Problem(409, "cursor_ahead");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData("+1")]
    [InlineData("9223372036854775808")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.GetAsync($"{scene.Path}/events?after={Uri.EscapeDataString(cursor)}")).Problem(422, "invalid_cursor", "after");
        (await scene.Api.GetAsync($"{scene.Path}/events", ("Last-Event-ID", cursor))).Problem(422, "invalid_cursor", "Last-Event-ID");
    }

    [Fact]
    public async Task Who_followed_a_session_may_read_on_how_it_was_deleted()
    {
        var scene = await Scene.OpenAsync(server);
        var run = await scene.SendAsync();
        (await scene.Api.DeleteAsync(scene.Path)).IsEmpty();
        using var stream = await scene.FollowAsync("?after=2");
        Assert.Equal("session_deleted", (await stream.NextAsync("run.aborted")).GetProperty("run").Text("abortReason"));
        await stream.NextAsync("session.deleted");
        await stream.EndsAsync("session_deleted");
        using var over = await scene.FollowAsync("?after=4");
        await over.NextAsync("synchronized");
        await over.EndsAsync("session_deleted");
        using var ofRun = await scene.FollowAsync($"?after=2&runId={run}");
        await ofRun.NextAsync("run.aborted");
        await ofRun.EndsAsync("run_ended");
    }
}
