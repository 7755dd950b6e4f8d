using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>A session's own life through any replica.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Create_get_update_reset_and_delete_agree_on_every_replica()
    {
        var created = Yes(await Any.Sessions.CreateAsync(Key(), Commands.Poet, "title", null, default));
        Assert.True(created.Created);
        Assert.False(Yes(await Any.Sessions.CreateAsync(Key(), Commands.Poet, null, null, default)).Created);
        Assert.Equal(RefusalCode.SessionConflict, No(await Any.Sessions.CreateAsync(Key(), null, "other", null, default)).Code);

        Yes(await Any.Sessions.UpdateAsync(Key(), "new", null, default));
        await EverywhereAsync(session => (session.Title, session.Version, session.Agent) == ("new", 2, Commands.Poet));
        Yes(await Any.Sessions.ResetAsync(Key(), default));
        await EverywhereAsync(session => (session.Generation, session.Version) == (2, 3));

        Assert.True(Yes(await Any.Sessions.DeleteAsync(Key(), default)).Deleted);
        Assert.True(Yes(await Any.Sessions.DeleteAsync(Key(), default)).Deleted);
        foreach (var replica in Cluster.Replicas)
        {
            Assert.Equal(RefusalCode.SessionDeleted, No(await replica.Sessions.GetAsync(Key(), default)).Code);
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.GetAsync(Key("never"), default)).Code);
            Assert.Empty((await replica.Sessions.ListAsync(new(Tenant, null, null, null, 10, null), default))!.Items);
        }
    }

    [Fact]
    public async Task Invariant_16_a_deleted_id_does_not_come_back_and_its_worker_is_fenced_out()
    {
        var claimed = await RunningAsync(Key());
        Yes(await Any.Sessions.DeleteAsync(Key(), default));

        Assert.Equal(RefusalCode.SessionDeleted, No(await Any.Sessions.CreateAsync(Key(), null, null, null, default)).Code);
        Assert.Equal(RefusalCode.SessionDeleted, No(await Any.Sessions.SendAsync(Key(), new Sending("x"), default)).Code);
        Assert.Equal(RefusalCode.SessionDeleted, No(await Any.Sessions.AbortAsync(Key(), null, "k", AbortReason.User, default)).Code);
        foreach (var replica in Cluster.Replicas)
        {
            var lost = No(await replica.Runs.HeartbeatAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, default));
            Assert.Equal((RefusalCode.LeaseLost, RunStatus.Aborted), (lost.Code, lost.RunStatus));
        }
    }

    [Fact]
    public async Task Invariant_7_an_older_generations_worker_changes_nothing_after_a_reset()
    {
        var old = await RunningAsync(Key());
        Yes(await Any.Sessions.ResetAsync(Key(), default));
        var young = await RunningAsync(Key(), "w2");

        Assert.Equal(RefusalCode.LeaseLost, No(await Any.Runs.CompleteAsync(Key(), old.Run.Id, old.Lease.Epoch, "old", null, default)).Code);
        Assert.Equal(RefusalCode.LeaseLost, No(await Any.Runs.HeartbeatAsync(Key(), young.Run.Id, old.Lease.Epoch, default)).Code);
        Assert.Equal(young.Run.Id, (await GetAsync(Key())).ActiveRun);
        Assert.True(young.Lease.Epoch > old.Lease.Epoch);
    }

    [Fact]
    public async Task Messages_and_runs_are_listed_alike_on_every_replica()
    {
        var first = await RunningAsync(Key());
        await SayAsync(first, "ans");
        await SayAsync(first, "wer");
        await CompleteAsync(first);
        await SendAsync(Key(), "second");

        foreach (var replica in Cluster.Replicas)
        {
            var messages = Yes(await replica.Sessions.ListMessagesAsync(Key(), 0, 10, default));
            Assert.Equal(["hello", "answer", "second"], messages.Select(message => message.Text));
            var runs = Yes(await replica.Sessions.ListRunsAsync(Key(), null, 10, default));
            Assert.Equal([RunStatus.Queued, RunStatus.Completed], runs.Select(run => run.Status));
            var session = Assert.Single((await replica.Sessions.ListAsync(new(Tenant, null, true, null, 10, null), default))!.Items);
            Assert.Equal(SessionStatus.Queued, session.Status);
            Assert.Equal(RefusalCode.CursorAhead, No(await replica.Sessions.ListMessagesAsync(Key(), 999, 10, default)).Code);
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.ListRunsAsync(Key("never"), null, 10, default)).Code);
            Assert.Equal(RefusalCode.RunNotFound, No(await replica.Sessions.GetRunAsync(Key(), new("no"), default, default)).Code);
        }
    }

    [Fact]
    public async Task The_history_of_a_run_is_what_was_said_before_it()
    {
        var first = await RunningAsync(Key());
        await CompleteAsync(first, "answer");
        await SendAsync(Key(), "never started");
        await AbortAsync(Key());
        await SendAsync(Key(), "question");
        var second = await ClaimAsync();
        await SendAsync(Key(), "later");

        var history = await Any.Runs.ReadHistoryAsync(Key(), second.Run, default);

        Assert.Equal(["hello", "answer", "question"], history.Select(message => message.Text));
    }

    private async Task EverywhereAsync(Func<SessionSnapshot, bool> holds)
    {
        foreach (var replica in Cluster.Replicas)
        {
            var session = Yes(await replica.Sessions.GetAsync(Key(), default));
            Assert.True(holds(session), Text.Of(session));
        }
    }
}
