using Sessions.Core;

namespace Sessions.Testing;

/// <summary>The run ends by itself, in bound (invariants 2, 8, 22, 24, 26).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Invariant_2_a_run_whose_worker_died_is_ended_by_any_one_sweeper()
    {
        foreach (var replica in Cluster.Replicas)
        {
            var claimed = await RunningAsync(Key());
            await Cluster.PassAsync(Options.LeaseTtl * 1.05);
            await replica.SweepAsync(default);

            var run = await Eventually.HoldsAsync(() => GetRunAsync(Key(), claimed.Run.Id), run => run.IsTerminal, "the run is terminal");
            Assert.Equal((RunStatus.Failed, RunErrorCode.WorkerLost), (run.Status, run.Error?.Code));
        }
    }

    [Fact]
    public async Task Invariant_2_all_sweepers_at_once_end_each_run_once()
    {
        const int Sessions = 20;
        for (var n = 0; n < Sessions; n++)
            await RunningAsync(Key($"s{n}"));

        await Cluster.PassAsync(Options.LeaseTtl * 1.05);
        await Race.RunAsync(Cluster.Replicas.Count, async replica => await Cluster.Replicas[replica].SweepAsync(default));

        for (var n = 0; n < Sessions; n++)
        {
            var key = Key($"s{n}");
            await Eventually.HoldsAsync(() => GetAsync(key), session => !session.HasActiveRun, "no run is active");
            var log = await new StoreDriver(Cluster.Store, default).LogAsync(key);
            Assert.Single(log, record => record.Event is RunEnded);
            await LogReplay.AgreesAsync(Cluster.Store, key);
        }
    }

    [Fact]
    public async Task Invariant_24_a_run_with_attempts_left_and_no_output_is_queued_again()
    {
        await SendAsync(Key(), maxAttempts: 2);
        var first = await ClaimAsync("w1");
        await Cluster.PassAsync(Options.LeaseTtl * 1.05);
        await SweepAsync();
        await Eventually.HoldsAsync(() => GetRunAsync(Key(), first.Run.Id), run => run.Status == RunStatus.Queued, "the run is queued again");

        var second = await ClaimAsync("w2");
        Assert.Equal((first.Run.Id, 2, true), (second.Run.Id, second.Run.Attempt, second.Lease.Epoch > first.Lease.Epoch));
        Assert.Equal(RunStatus.Running, No(await Any.Runs.HeartbeatAsync(Key(), first.Run.Id, first.Lease.Epoch, default)).RunStatus);
        await SayAsync(second, "once said, not said again");
        await Cluster.PassAsync(Options.LeaseTtl * 1.05);
        await SweepAsync();
        await Eventually.HoldsAsync(() => GetRunAsync(Key(), first.Run.Id), run => run.Status == RunStatus.Failed, "the run has failed");
    }

    [Fact]
    public async Task Invariant_26_a_worker_that_beats_is_left_alone_until_its_deadline()
    {
        Yes(await Any.Sessions.SendAsync(Key(), new("hello") { Timeout = Options.LeaseTtl * 2 }, default));
        var claimed = await ClaimAsync();
        for (var beat = 0; beat < 3; beat++)
        {
            await Cluster.PassAsync(Options.LeaseTtl * 0.6);
            Yes(await Any.Runs.HeartbeatAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, default));
            await SweepAsync();
            Assert.Equal(RunStatus.Running, (await GetRunAsync(Key(), claimed.Run.Id)).Status);
        }

        await Cluster.PassAsync(Options.LeaseTtl * 0.6);
        await SweepAsync();
        var run = await Eventually.HoldsAsync(() => GetRunAsync(Key(), claimed.Run.Id), run => run.IsTerminal, "the run is terminal");
        Assert.Equal(RunErrorCode.DeadlineExceeded, run.Error?.Code);
    }

    [Fact]
    public async Task Invariant_22_waiting_in_the_queue_does_not_use_up_the_execution_deadline()
    {
        var first = await RunningAsync(Key());
        var second = Yes(await Any.Sessions.SendAsync(Key(), new("hello") { Timeout = Options.LeaseTtl / 2 }, default)).Run!;
        await Cluster.PassAsync(Options.LeaseTtl * 0.7);
        await SweepAsync();
        await CompleteAsync(first);

        Assert.Equal(second.Id, (await ClaimAsync()).Run.Id);
        await SweepAsync();
        Assert.Equal(RunStatus.Running, (await GetRunAsync(Key(), second.Id)).Status);
    }

    [Fact]
    public async Task Invariant_8_a_completed_run_is_never_rewritten_by_recovery()
    {
        var run = await CompleteAsync(await RunningAsync(Key()), "done");
        await Cluster.PassAsync(Options.LeaseTtl * 2);
        await SweepAsync();

        Assert.Equal(Text.Of(run), Text.Of(await GetRunAsync(Key(), run.Id)));
    }

    [Fact]
    public async Task Invariant_26_a_sweep_and_a_heartbeat_at_once_agree()
    {
        for (var race = 0; race < Races; race++)
        {
            var claimed = await RunningAsync(Key($"s{race}"));
            await Cluster.PassAsync(Options.LeaseTtl * 1.05);
            var alive = await Race.RunAsync(2, async side =>
            {
                if (side == 0)
                {
                    await Any.SweepAsync(default);
                    return true;
                }

                return !(await Any.Runs.HeartbeatAsync(claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, default)).IsRefused;
            });

            var run = await GetRunAsync(claimed.Key, claimed.Run.Id);
            Assert.Equal(alive[1] ? RunStatus.Running : RunStatus.Failed, run.Status);
            await AbortAsync(claimed.Key);
        }
    }
}
