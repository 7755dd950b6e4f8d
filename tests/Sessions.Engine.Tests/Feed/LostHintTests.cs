using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>Hints that come together, get dropped, or find the store away.</summary>
public sealed class LostHintTests : IDisposable
{
    private static readonly SessionKey Key = new(new("t"), new("s"));
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly MemoryCluster _cluster;
    private readonly StoreDriver _driver;
    private HookedStore? _store;

    public LostHintTests()
    {
        _cluster = new MemoryCluster(new EngineOptions(), store => _store = new HookedStore(store), replicas: 2);
        _driver = new StoreDriver(_cluster.Store, TimeSpan.FromSeconds(15));
    }

    private EngineReplica Here => _cluster.Replicas[0];

    private EngineReplica There => _cluster.Replicas[1];

    public void Dispose() => _cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Fact]
    public async Task Invariant_31_a_wait_for_a_run_wakes_when_a_bare_hint_of_its_end_comes_together_with_output()
    {
        var run = await _driver.RunningAsync(Key, "r1");
        var waiting = WaitAndThenAsync(run, async () =>
        {
            // Both before the wait sleeps, so that one wake-up stands for both.
            await Here.Runs.OutputAsync(Key, run.Id, run.Epoch, null, [new RunDelta(run.Id, "x")], default);
            await There.Runs.CompleteAsync(Key, run.Id, run.Epoch, null, null, default);
        });

        Assert.Equal(RunStatus.Completed, (await waiting.InTimeAsync("the wait ends")).Value!.Status);
    }

    [Fact]
    public async Task Invariant_31_a_wait_for_a_run_wakes_when_the_buffer_dropped_its_end()
    {
        var run = await _driver.RunningAsync(Key, "r1");
        var waiting = WaitAndThenAsync(run, async () =>
        {
            await Here.Runs.CompleteAsync(Key, run.Id, run.Epoch, null, null, default);
            for (var n = 0; n < LogListener.Capacity; n++)
                await Here.Sessions.UpdateAsync(Key, $"{n}", null, default);
        });

        Assert.Equal(RunStatus.Completed, (await waiting.InTimeAsync("the wait ends")).Value!.Status);
    }

    [Fact]
    public async Task Invariant_34_a_change_whose_reading_failed_is_given_by_the_next_read()
    {
        await _driver.DoAsync(Key, Commands.Create());
        using var watch = Here.Sessions.Watch(Key.Tenant, WatchSnapshot.None);
        Assert.IsType<WatchItem.Synchronized>(await watch.ReadAsync(default));
        await Here.Sessions.UpdateAsync(Key, "new", null, default);
        _store!.Before = operation => operation == "sessions" ? throw new StoreUnavailableException() : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => watch.ReadAsync(default).AsTask());
        _store.Before = null;

        var item = await watch.ReadAsync(default).AsTask().InTimeAsync("the change is given");
        Assert.Equal("new", Assert.Single(Assert.IsType<WatchItem.Sessions>(item).Items).Title);
    }

    [Fact]
    public async Task Invariant_34_what_was_lost_while_the_store_was_away_is_repaired_when_it_is_back()
    {
        await _driver.DoAsync(Key, Commands.Create());
        await Here.RepairAsync(default);
        using var watch = new WatchReader(Here.Sessions.Watch(Key.Tenant, WatchSnapshot.None));
        await watch.UntilSynchronizedAsync();
        _cluster.Lose(_ => true);
        await There.Sessions.UpdateAsync(Key, "lost", null, default);
        _store!.Before = _ => throw new StoreUnavailableException();
        for (var n = 0; n < 3; n++)
        {
            _cluster.Time.Advance(TimeSpan.FromSeconds(20));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Here.RepairAsync(default).AsTask());
        }

        _store.Before = null;
        await Here.RepairAsync(default);
        await watch.UntilAsync("s", session => session.Title == "lost");
    }

    [Fact]
    public async Task A_read_of_the_log_that_failed_is_repeated_by_the_next_one()
    {
        await _driver.RunningAsync(Key, "r1");
        using var subscription = (await Here.Sessions.SubscribeAsync(Key, 0, null, default)).Value!;
        _store!.Before = operation => operation == "log" ? throw new StoreUnavailableException() : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => subscription.ReadAsync(default).AsTask());
        _store.Before = null;

        using var reader = new SubscriptionReader(subscription);
        await reader.UntilAsync<RunStarted>();
        Assert.Equal(3, reader.Records.Count);
    }

    [Fact]
    public async Task Invariant_31_a_hint_costs_one_look_at_the_log_and_one_that_comes_during_it_is_kept()
    {
        var run = await _driver.RunningAsync(Key, "r1");
        using var reader = new SubscriptionReader((await Here.Sessions.SubscribeAsync(Key, 0, null, default)).Value!);
        await reader.UntilSynchronizedAsync();
        var looks = 0;
        _store!.After = async operation =>
        {
            // The first look has its records; the second hint comes before it gives them.
            if (operation == "log" && ++looks == 1)
                await There.Runs.OutputAsync(Key, run.Id, run.Epoch, null, [new RunDelta(run.Id, "b")], default);
        };

        await There.Runs.OutputAsync(Key, run.Id, run.Epoch, null, [new RunDelta(run.Id, "a")], default);
        await reader.UntilAsync(happened => happened is RunDelta { Text: "b" });
        await reader.UntilQuietAsync();
        Assert.Equal(2, looks);
    }

    /// <summary>Waits for the run, and does something after the wait has looked and before it sleeps.</summary>
    private Task<Result<Run>> WaitAndThenAsync(Run run, Func<Task> then)
    {
        _store!.After = async _ =>
        {
            _store.After = null;
            await then();
        };
        return Here.Sessions.GetRunAsync(Key, run.Id, Long, default).AsTask();
    }
}
