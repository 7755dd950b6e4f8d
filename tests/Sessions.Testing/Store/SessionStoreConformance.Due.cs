using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What is due is found, in time, until it is done (invariants 2, 22, 24, 26).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task An_expired_lease_is_due_and_not_before()
    {
        await Driver.RunningAsync(Key(), "r1");
        Assert.DoesNotContain(Key(), await DueAsync());
        await PassAsync(LeaseTtl * 1.1);

        Assert.Contains(Key(), await DueAsync());
        var ended = await Driver.DoAsync(Key(), new ExpireDue());
        Assert.Equal(RunErrorCode.WorkerLost, ended.Runs.Single().Error?.Code);
        await PassAsync(LeaseTtl * 2);
        Assert.DoesNotContain(Key(), await DueAsync());
    }

    [Fact]
    public async Task What_was_found_due_and_not_done_is_found_again()
    {
        await Driver.RunningAsync(Key(), "r1");
        await PassAsync(LeaseTtl * 1.1);
        Assert.Contains(Key(), await DueAsync());
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Contains(Key(), await DueAsync());
    }

    [Fact]
    public async Task Invariant_26_an_extended_lease_is_left_alone()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        await PassAsync(LeaseTtl * 0.6);
        await Driver.OutputAsync(Key(), run, null);
        await PassAsync(LeaseTtl * 0.6);

        // Being found is a hint; the command is what must leave it alone.
        await DueAsync();
        var loaded = await LoadAsync(Key());
        Assert.IsType<Decision.Unchanged>(Decider.Decide(loaded.State, new ExpireDue(), loaded.Facts, loaded.Now));

        await PassAsync(LeaseTtl);
        Assert.Contains(Key(), await DueAsync());
        await Driver.DoAsync(Key(), new ExpireDue());
        Assert.Equal(RunStatus.Failed, (await Store.ReadRunAsync(Key(), run.Id, default))?.Status);
    }

    [Fact]
    public async Task An_execution_deadline_is_due_under_a_lease_that_holds()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1") with { Timeout = LeaseTtl * 2 });
        var run = await Driver.StartAsync(Key());
        for (var n = 0; n < 4; n++)
        {
            await PassAsync(LeaseTtl * 0.6);
            await Driver.OutputAsync(Key(), run, null);
        }

        Assert.Contains(Key(), await DueAsync());
        var ended = await Driver.DoAsync(Key(), new ExpireDue());
        Assert.Equal(RunErrorCode.DeadlineExceeded, ended.Runs.Single().Error?.Code);
    }

    [Fact]
    public async Task Queue_deadlines_are_due_behind_a_running_run_and_at_the_head()
    {
        var run = await Driver.RunningAsync(Key("behind"), "r1");
        await Driver.DoAsync(Key("behind"), Commands.Send("r2") with { QueueTimeout = LeaseTtl / 2 });
        await Driver.DoAsync(Key("head"), Commands.Send("r1") with { QueueTimeout = LeaseTtl / 2 });
        await PassAsync(LeaseTtl * 0.6);
        await Driver.OutputAsync(Key("behind"), run, null);

        var due = await DueAsync();
        Assert.Contains(Key("behind"), due);
        Assert.Contains(Key("head"), due);
        var behind = await Driver.DoAsync(Key("behind"), new ExpireDue());
        Assert.Equal(RunErrorCode.QueueTimeout, behind.Runs.Single().Error?.Code);
        Assert.Equal(run.Id, behind.State.Active?.Id);
        var head = await Driver.DoAsync(Key("head"), new ExpireDue());
        Assert.Equal(RunErrorCode.NoWorker, head.Runs.Single().Error?.Code);
    }

    [Fact]
    public async Task Many_due_sessions_are_all_found_in_bounded_pages()
    {
        for (var n = 0; n < 20; n++)
            await Driver.RunningAsync(Key($"s{n}"), "r1");

        await PassAsync(LeaseTtl * 1.1);
        Assert.InRange((await Store.FindDueAsync(3, default)).Count, 1, 3);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(20, (await DueAsync()).Count);
    }

    /// <summary>The sessions of this test that are due.</summary>
    private async Task<IReadOnlyCollection<SessionKey>> DueAsync()
    {
        var due = new HashSet<SessionKey>();
        for (var page = 0; page < 1000; page++)
        {
            var found = await Store.FindDueAsync(16, default);
            due.UnionWith(found.Where(key => key.Tenant == Tenant));
            if (found.Count < 16)
                break;
        }

        return due;
    }
}
