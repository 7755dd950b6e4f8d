namespace Sessions.Gateway.Tests;

public sealed class MessagesTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task The_transcript_has_both_sides_and_partial_texts_with_their_status()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync("one", "answer one");
        var failing = await scene.StartAsync("two");
        await failing.DeltaAsync("part");
        (await failing.OutputAsync(new { type = "notice", text = "not said" }, new { type = "content", text = "ial" })).Ok();
        (await failing.FailAsync()).Ok();
        var aborted = await scene.StartAsync("three");
        await aborted.DeltaAsync("cut");
        (await scene.Api.PostAsync($"{scene.Path}/abort")).Ok();
        var silent = await scene.SendAsync("four");
        (await scene.Api.PostAsync($"{scene.Path}/abort", new { runId = silent })).Ok();

        var messages = (await scene.Api.GetAsync(scene.Messages)).Ok().Items();
        Assert.All(messages, message => Shape.Message(message));
        Assert.Equal(
            [
                "user one completed", "assistant answer one completed", "user two failed", "assistant partial failed",
                "user three aborted", "assistant cut aborted", "user four aborted",
            ],
            messages.Select(message => $"{message.Text("role")} {message.Text("text")} {message.Text("status")}"));
        Assert.Equal(messages.Length, messages.Select(message => message.Text("id")).Distinct().Count());
        Assert.Equal(messages.Select(message => message.Number("seq")).Order(), messages.Select(message => message.Number("seq")));
    }

    [Fact]
    public async Task Pages_go_on_behind_a_seq()
    {
        var scene = await Scene.OpenAsync(server);
        for (var at = 0; at < 3; at++)
            await scene.TalkAsync($"q{at}", $"a{at}");

        var seen = new List<string?>();
        long after = 0;
        while ((await scene.Api.GetAsync($"{scene.Messages}?after={after}&limit=2")).Ok().Items() is { Length: > 0 } page)
        {
            Assert.True(page.Length <= 2);
            seen.AddRange(page.Select(message => message.Text("text")));
            after = page[^1].Number("seq");
        }

        Assert.Equal(["q0", "a0", "q1", "a1", "q2", "a2"], seen);
        var last = (await scene.GetAsync()).Number("lastSeq");
        Assert.Empty((await scene.Api.GetAsync($"{scene.Messages}?after={last}")).Ok().Items());
        (await scene.Api.GetAsync($"{scene.Messages}?after={last + 1}")).Problem(409, "cursor_ahead");
        (await scene.Api.GetAsync($"{scene.Messages}?after=x")).Problem(422, "invalid_cursor", "after");
        (await scene.Api.GetAsync($"{scene.Messages}?limit=0")).Problem(422, "invalid_request", "limit");
    }
}
