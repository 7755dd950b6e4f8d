using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Decisions: the fence, and all or nothing (invariants 3, 19, 20).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task An_unknown_session_loads_as_none_with_the_clock()
    {
        var before = await LoadAsync(Key());
        await PassAsync(TimeSpan.FromMilliseconds(50));
        var after = await LoadAsync(Key(), "k", new RunId("r"));

        Assert.Equal(SessionExistence.None, after.State.Existence);
        Assert.Equal(Key(), after.State.Key);
        Assert.Equal(Facts.None, after.Facts);
        Assert.True(after.Now >= before.Now.AddMilliseconds(50), $"The clock went from {before.Now:O} to {after.Now:O}.");
        Assert.Empty(await Store.ReadLogAsync(Key(), 0, 10, default));
        Assert.Null(await Store.ReadRunAsync(Key(), new RunId("r"), default));
        Assert.Empty(await Store.ListRunsAsync(Key(), null, 10, default));
        Assert.Empty(await Store.ListMessagesAsync(Key(), 0, 10, default));
    }

    [Fact]
    public async Task What_was_committed_is_what_is_loaded()
    {
        var committed = await Driver.DoAsync(Key(), Commands.Send("r1", key: "k1"));

        Assert.Equal(Text.Of(committed.State), Text.Of((await LoadAsync(Key())).State));
        Assert.Equal(Text.Of(committed.Records), Text.Of(await Driver.LogAsync(Key())));
        await LogReplay.AgreesAsync(Store, Key());
    }

    [Fact]
    public async Task A_stale_version_conflicts_and_changes_nothing()
    {
        await Driver.DoAsync(Key(), Commands.Create());
        var stale = await Driver.DecideAsync(Key(), Commands.Send("stale", key: "stale"));
        await Driver.DoAsync(Key(), new UpdateSession("other", null));
        var before = await PictureAsync(Key());

        Assert.IsType<DecisionResult.Conflict>(await Store.AppendAsync(stale, default));

        Assert.Equal(before, await PictureAsync(Key()));
        Assert.Null((await LoadAsync(Key(), "stale")).Facts.Key);
        Assert.Null(await Store.ReadRunAsync(Key(), new RunId("stale"), default));
        Assert.Empty(await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 10, default));
    }

    [Fact]
    public async Task A_decision_on_a_version_ahead_of_an_unknown_session_conflicts()
    {
        var create = await Driver.DecideAsync(Key(), Commands.Create());

        Assert.IsType<DecisionResult.Conflict>(await Store.AppendAsync(create with { ExpectedVersion = 3 }, default));
        Assert.Equal(SessionExistence.None, (await LoadAsync(Key())).State.Existence);
    }

    [Fact]
    public async Task A_decision_on_a_leases_silence_conflicts_with_a_heartbeat()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        await PassAsync(LeaseTtl * 2);
        var expire = await Driver.DecideAsync(Key(), new ExpireDue());
        Assert.IsType<OutputResult.Landed>(await Driver.OutputAsync(Key(), run, null));

        Assert.IsType<DecisionResult.Conflict>(await Store.AppendAsync(expire, default));
        Assert.Equal(run.Id, (await LoadAsync(Key())).State.Active?.Id);
    }

    [Fact]
    public async Task Invariant_3_everything_about_a_run_changes_in_one_commit()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1", key: "k1"));
        Assert.Equal(["s"], await ListedAsync(Query(SessionStatus.Queued, active: true)));
        Assert.Equal(RunStatus.Queued, (await Store.ReadRunAsync(Key(), new("r1"), default))?.Status);
        Assert.Equal(new KeyOfRun("k1", new("r1"), "hello"), (await LoadAsync(Key(), "k1")).Facts.Key);
        Assert.Equal([Key()], await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 10, default));

        var run = await Driver.StartAsync(Key());
        Assert.Equal(["s"], await ListedAsync(Query(SessionStatus.Running, active: true)));
        Assert.Equal(RunStatus.Running, (await Store.ReadRunAsync(Key(), new("r1"), default))?.Status);
        Assert.Empty(await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 10, default));

        var ended = await Driver.DoAsync(Key(), Commands.Complete(run, "done"));
        Assert.Equal(["s"], await ListedAsync(Query(SessionStatus.Idle, active: false)));
        Assert.Empty(await ListedAsync(Query(active: true)));
        Assert.Equal(Text.Of(ended.Runs.Single()), Text.Of(await Store.ReadRunAsync(Key(), new("r1"), default)));
        Assert.Equal(ended.Records.Last().Seq, ended.Runs.Single().EndedSeq);
        await PassAsync(LeaseTtl * 2);
        Assert.DoesNotContain(Key(), await DueAsync());
    }

    /// <summary>All that can be read about a session.</summary>
    private async Task<string> PictureAsync(SessionKey key) => string.Join(
        Environment.NewLine,
        Text.Of(await Driver.StateAsync(key)),
        Text.Of(await Driver.LogAsync(key)),
        Text.Of(await Store.ListRunsAsync(key, null, 100, default)),
        Text.Of(await Store.ListMessagesAsync(key, 0, 100, default)),
        Text.Of((await Store.ListSessionsAsync(Query(), default))!.Items));
}
