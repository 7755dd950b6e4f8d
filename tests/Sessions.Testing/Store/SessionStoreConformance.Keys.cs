using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What keys and run ids stand for, for the session's life (invariants 14, 17, 18).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Invariant_17_a_key_stands_for_its_run_after_completion_and_over_a_reset()
    {
        var queued = await Driver.DoAsync(Key(), Commands.Send("r1", "text", "k1"));
        Assert.Equal(new Facts(new KeyOfRun("k1", new("r1"), "text"), queued.Runs[0], null), (await LoadAsync(Key(), "k1")).Facts);

        var run = await Driver.StartAsync(Key());
        Assert.Equal(run.Id, (await LoadAsync(Key(), "k1")).Facts.KeyRun?.Id);

        await Driver.DoAsync(Key(), Commands.Complete(run, "answer"));
        var completed = (await LoadAsync(Key(), "k1", new("r1"))).Facts;
        Assert.Equal((RunStatus.Completed, "answer"), (completed.KeyRun!.Status, completed.KeyRun.Output));
        Assert.Equal(completed.KeyRun, completed.NamedRun);

        await Driver.DoAsync(Key(), new ResetSession());
        Assert.Equal(completed, (await LoadAsync(Key(), "k1", new("r1"))).Facts);
        Assert.Equal(Facts.None, (await LoadAsync(Key(), "K1", new("R1"))).Facts);
    }

    [Fact]
    public async Task Invariant_14_an_abort_waits_for_its_key()
    {
        await Driver.DoAsync(Key(), Commands.Abort(key: "k1"));
        Assert.Equal(new PendingAbort("k1", AbortReason.User), (await LoadAsync(Key(), "k1")).Facts.Key);

        var sent = await Driver.DoAsync(Key(), Commands.Send("r1", key: "k1"));

        Assert.Equal(RunStatus.Aborted, sent.Runs.Single().Status);
        Assert.IsType<KeyOfRun>((await LoadAsync(Key(), "k1")).Facts.Key);
        Assert.Equal(RunStatus.Aborted, (await LoadAsync(Key(), "k1")).Facts.KeyRun?.Status);
        Assert.Empty(await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 10, default));
    }

    [Fact]
    public async Task Keys_and_run_ids_are_those_of_one_session()
    {
        await Driver.DoAsync(Key("a"), Commands.Send("r1", key: "k1"));
        await Driver.DoAsync(Key("b"), Commands.Create());

        Assert.Equal(Facts.None, (await LoadAsync(Key("b"), "k1", new("r1"))).Facts);
        Assert.Null(await Store.ReadRunAsync(Key("b"), new("r1"), default));
    }
}
