using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>What a replica does by itself once it is started.</summary>
public sealed class BackgroundTests
{
    private static readonly SessionKey Key = new(new("t"), new("s"));
    private static readonly EngineOptions Options = new();

    [Fact]
    public async Task Invariant_2_a_started_replica_ends_a_lost_run_within_the_bound()
    {
        await using var cluster = new MemoryCluster(Options, replicas: 1);
        cluster.Engines[0].Start();
        var run = await new StoreDriver(cluster.Store, Options.LeaseTtl).RunningAsync(Key, "r1");
        await AtRestAsync(cluster);
        cluster.Time.Advance(Options.LeaseTtl);
        await AtRestAsync(cluster);
        cluster.Time.Advance(Options.SweepInterval);

        await Eventually.HoldsAsync(
            async () => await cluster.Store.ReadRunAsync(Key, run.Id, default), ended => ended!.IsTerminal, "the run is terminal");
        Assert.Equal(Options.LeaseTtl + Options.SweepInterval, cluster.Time.Elapsed);
    }

    [Fact]
    public async Task Invariant_31_a_started_replica_repairs_a_lost_hint_within_the_interval()
    {
        await using var cluster = new MemoryCluster(Options, replicas: 2);
        foreach (var engine in cluster.Engines)
            engine.Start();

        await new StoreDriver(cluster.Store, Options.LeaseTtl).DoAsync(Key, Commands.Create());
        using var reader = new SubscriptionReader((await cluster.Engines[0].Sessions.SubscribeAsync(Key, 0, null, default)).Value!);
        await reader.UntilSynchronizedAsync();
        cluster.Lose(_ => true);
        await cluster.Engines[1].Sessions.UpdateAsync(Key, "lost", null, default);
        await AtRestAsync(cluster);
        cluster.Time.Advance(Options.RepairInterval);

        await reader.UntilAsync<SessionUpdated>();
    }

    [Fact]
    public async Task A_failing_sweep_is_repeated()
    {
        HookedStore? store = null;
        await using var cluster = new MemoryCluster(Options, wrapped => store = new HookedStore(wrapped), replicas: 1);
        var run = await new StoreDriver(cluster.Store, Options.LeaseTtl).RunningAsync(Key, "r1");
        store!.Before = _ => throw new StoreUnavailableException();
        cluster.Engines[0].Start();
        await AtRestAsync(cluster);
        cluster.Time.Advance(Options.LeaseTtl);
        await AtRestAsync(cluster);
        store.Before = null;
        cluster.Time.Advance(Options.SweepInterval);

        await Eventually.HoldsAsync(
            async () => await cluster.Store.ReadRunAsync(Key, run.Id, default), ended => ended!.IsTerminal, "the run is terminal");
    }

    [Fact]
    public async Task Stopping_while_the_store_fails_is_no_fault()
    {
        HookedStore? store = null;
        var cluster = new MemoryCluster(Options, wrapped => store = new HookedStore(wrapped), replicas: 1);
        var sweeping = new TaskCompletionSource();
        var fail = new TaskCompletionSource();
        store!.Before = async _ =>
        {
            sweeping.TrySetResult();
            await fail.Task;
            throw new StoreUnavailableException();
        };
        cluster.Engines[0].Start();
        await sweeping.Task.InTimeAsync("the sweep is under way");

        var stopping = cluster.DisposeAsync().AsTask();
        fail.SetResult();
        await stopping.InTimeAsync("the engine stops");
    }

    [Fact]
    public async Task Invariant_2_a_sweep_ends_many_lost_runs_at_once_not_one_after_the_other()
    {
        HookedStore? store = null;
        await using var cluster = new MemoryCluster(Options, wrapped => store = new HookedStore(wrapped), replicas: 1);
        var driver = new StoreDriver(cluster.Store, Options.LeaseTtl);
        const int Lost = 20;
        for (var n = 0; n < Lost; n++)
            await driver.RunningAsync(Key with { Session = new($"s{n}") }, "r1");

        cluster.Time.Advance(Options.LeaseTtl);
        var committing = 0;
        var all = new TaskCompletionSource();
        store!.Before = async operation =>
        {
            if (operation != "append")
                return;

            if (Interlocked.Increment(ref committing) == Lost)
                all.SetResult();

            await all.Task;
        };

        await cluster.Replicas[0].SweepAsync(default).AsTask().InTimeAsync("all commit together", () => $"{committing} do.");
    }

    /// <summary>Each replica's sweep and its repair wait for their next time.</summary>
    private static Task<int> AtRestAsync(MemoryCluster cluster) => Eventually.HoldsAsync(
        () => Task.FromResult(cluster.Time.ArmedTimers), armed => armed == 2 * cluster.Engines.Count, "all loops are at rest");
}
