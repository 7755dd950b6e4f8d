using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Runs, messages and sessions in pages.</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Runs_are_listed_newest_first_in_pages()
    {
        for (var n = 0; n < 5; n++)
            await Driver.DoAsync(Key(), Commands.Send($"r{n}"));

        var first = await Store.ListRunsAsync(Key(), null, 2, default);
        var second = await Store.ListRunsAsync(Key(), first[^1].QueuedSeq, 2, default);
        var third = await Store.ListRunsAsync(Key(), second[^1].QueuedSeq, 2, default);

        Assert.Equal(["r4", "r3", "r2", "r1", "r0"], first.Concat(second).Concat(third).Select(run => run.Id.Value));
        Assert.Empty(await Store.ListRunsAsync(Key(), third[^1].QueuedSeq, 2, default));
    }

    [Fact]
    public async Task Messages_are_listed_oldest_first_in_pages()
    {
        for (var n = 0; n < 3; n++)
        {
            var run = await Driver.RunningAsync(Key(), $"r{n}");
            await Driver.DoAsync(Key(), Commands.Complete(run, $"answer {n}"));
        }

        await Driver.DoAsync(Key(), Commands.Send("r3", "waiting"));
        var first = await Store.ListMessagesAsync(Key(), 0, 3, default);
        var rest = await Store.ListMessagesAsync(Key(), first[^1].Seq, 10, default);
        var all = first.Concat(rest).ToArray();

        Assert.Equal(["hello", "answer 0", "hello", "answer 1", "hello", "answer 2", "waiting"], all.Select(message => message.Text));
        Assert.Equal([true, false, true, false, true, false, true], all.Select(message => message.FromUser));
        Assert.Equal(all.Select(message => message.Seq).Order(), all.Select(message => message.Seq));
        Assert.Equal([RunStatus.Completed, RunStatus.Queued], all[^2..].Select(message => message.Status));
    }

    [Fact]
    public async Task The_message_that_creates_its_session_is_listed()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1", "first"));

        Assert.Equal("first", Assert.Single(await Store.ListMessagesAsync(Key(), 0, 10, default)).Text);
    }

    [Fact]
    public async Task A_reset_cuts_the_messages_and_keeps_the_runs()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        await Driver.SayAsync(Key(), run, "partial");
        await Driver.DoAsync(Key(), Commands.Send("r2"));
        await Driver.DoAsync(Key(), new ResetSession());
        Assert.Empty(await Store.ListMessagesAsync(Key(), 0, 10, default));

        await Driver.DoAsync(Key(), Commands.Send("r3", "after"));

        Assert.Equal("after", Assert.Single(await Store.ListMessagesAsync(Key(), 0, 10, default)).Text);
        Assert.Equal(["r3", "r2", "r1"], (await Store.ListRunsAsync(Key(), null, 10, default)).Select(listed => listed.Id.Value));
        Assert.Equal("partial", (await Store.ReadRunAsync(Key(), run.Id, default))?.Output);
        await LogReplay.AgreesAsync(Store, Key());
    }

    [Fact]
    public async Task Sessions_are_listed_newest_change_first_in_pages()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await Driver.DoAsync(Key(name), Commands.Create());

        await Driver.DoAsync(Key("b"), new UpdateSession("newer", null));
        var run = await Driver.RunningAsync(Key("a"), "r1");
        await Driver.DoAsync(Key("c"), new UpdateSession("newest", null));
        await Driver.SayAsync(Key("a"), run, "output is no change");

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.ListSessionsAsync(Query(limit: 2, cursor: cursor), default);
            Assert.InRange(page!.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(session => session.Key.Session.Value));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["c", "a", "b", "e", "d"], seen);
        Assert.Null(await Store.ListSessionsAsync(Query(cursor: "no cursor of mine"), default));
    }

    [Fact]
    public async Task A_session_that_changes_between_two_pages_is_given_once()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
            await Driver.DoAsync(Key(name), Commands.Create());

        var first = await Store.ListSessionsAsync(Query(limit: 2), default);
        await Driver.DoAsync(Key("d"), new UpdateSession("moved", null));
        await Driver.DoAsync(Key("a"), new DeleteSession());
        var second = await Store.ListSessionsAsync(Query(limit: 2, cursor: first!.Next), default);

        Assert.Equal(["d", "c"], first.Items.Select(session => session.Key.Session.Value));
        Assert.Equal("b", Assert.Single(second!.Items).Key.Session.Value);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Sessions_are_filtered_by_status_activity_and_agent()
    {
        await Driver.DoAsync(Key("idle"), Commands.Create(Commands.Poet));
        await Driver.DoAsync(Key("queued"), Commands.Send("r1"));
        await Driver.RunningAsync(Key("running"), "r1");
        var failing = await Driver.RunningAsync(Key("error"), "r1");
        await Driver.DoAsync(Key("error"), new FailRun(failing.Id, failing.Epoch, new("code", "message"), FailPhase.Run));
        await Driver.DoAsync(Key("deleted"), Commands.Create(Commands.Poet));
        await Driver.DoAsync(Key("deleted"), new DeleteSession());

        Assert.Equal(["error", "running", "queued", "idle"], await ListedAsync(Query()));
        Assert.Equal(["running", "queued"], await ListedAsync(Query(active: true)));
        Assert.Equal(["error", "idle"], await ListedAsync(Query(active: false)));
        Assert.Equal(["error"], await ListedAsync(Query(SessionStatus.Error)));
        Assert.Equal(["idle"], await ListedAsync(Query(SessionStatus.Idle)));
        Assert.Empty(await ListedAsync(Query(SessionStatus.Stopped)));
        Assert.Empty(await ListedAsync(Query(SessionStatus.Running, active: false)));
        Assert.Equal(["idle"], await ListedAsync(Query(agent: Commands.Poet)));
        Assert.Equal(["running"], await ListedAsync(Query(SessionStatus.Running, true, Commands.Echo)));
    }
}
