using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Two decisions in one commit (invariants 3, 6, 19, 37).</summary>
public abstract partial class SessionStoreConformance
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_send_and_the_start_behind_it_are_two_versions_of_one_commit(bool exists)
    {
        if (exists)
            await Driver.DoAsync(Key(), Commands.Create());

        var before = (await LoadAsync(Key())).State;
        var write = await Driver.DecideStartedAsync(Key(), Commands.Send("r1", key: "k1"));
        var committed = Assert.IsType<DecisionResult.Committed>(await Store.AppendAsync(write, default));

        var loaded = await LoadAsync(Key(), "k1");
        Assert.Equal(Text.Of(committed.State), Text.Of(loaded.State));
        Assert.Equal((before.Version + 1, before.Version + 2), (committed.Sealed.State.Version, loaded.State.Version));
        Assert.Equal((RunStatus.Queued, RunStatus.Running), (committed.Sealed.State.Ready!.Status, loaded.State.Active!.Status));
        Assert.Equal(new KeyOfRun("k1", new("r1"), "hello"), loaded.Facts.Key);
        var log = await Driver.LogAsync(Key());
        Assert.Equal(Text.Of(committed.Records), Text.Of(log.Skip((int)before.LastSeq)));
        Assert.Equal([before.Version + 1, before.Version + 2], log.Skip((int)before.LastSeq).Select(record => record.Version).Distinct());
        Assert.Equal(loaded.State.Active, await Store.ReadRunAsync(Key(), new("r1"), default));
        Assert.Empty(await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 10, default));
        await LogReplay.AgreesAsync(Store, Key());
    }

    [Fact]
    public async Task Two_decisions_in_one_commit_lose_a_race_together()
    {
        await Driver.DoAsync(Key(), Commands.Create());
        var stale = await Driver.DecideStartedAsync(Key(), Commands.Send("stale", key: "stale"));
        await Driver.DoAsync(Key(), new UpdateSession("other", null));
        var before = await PictureAsync(Key());

        Assert.IsType<DecisionResult.Conflict>(await Store.AppendAsync(stale, default));
        Assert.Equal(before, await PictureAsync(Key()));
        Assert.Null((await LoadAsync(Key(), "stale")).Facts.Key);
    }

    [Fact]
    public async Task A_run_that_was_started_with_its_send_streams_expires_and_ends_as_any_other()
    {
        await Store.AppendAsync(await Driver.DecideStartedAsync(Key(), Commands.Send("r1")), default);
        var run = (await LoadAsync(Key())).State.Active!;
        await Driver.SayAsync(Key(), run, "half");
        await PassAsync(LeaseTtl * 2);
        Assert.Equal([Key()], await Store.FindDueAsync(10, default));
        var lost = await Driver.DoAsync(Key(), new ExpireDue());
        Assert.Equal((RunErrorCode.WorkerLost, "half"), (lost.Runs.Single().Error?.Code, lost.Runs.Single().Output));

        await Store.AppendAsync(await Driver.DecideStartedAsync(Key(), Commands.Send("r2")), default);
        run = (await LoadAsync(Key())).State.Active!;
        var ended = await Driver.DoAsync(Key(), new CompleteRun(run.Id, run.Epoch, "all", null));
        Assert.Equal((2L, RunStatus.Completed, "all"), (run.Epoch, ended.Runs.Single().Status, ended.Runs.Single().Output));
        await LogReplay.AgreesAsync(Store, Key());
    }
}
