using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Aborting, through any replica (invariants 10 to 15).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Invariant_11_an_abort_through_any_replica_is_heard_by_the_worker_on_another()
    {
        foreach (var aborting in Cluster.Replicas)
        {
            foreach (var hearing in Cluster.Replicas)
            {
                // A worker of its own: what the one before was told may still be on its way to other replicas.
                var pair = $"{Cluster.Replicas.ToList().IndexOf(aborting)}-{Cluster.Replicas.ToList().IndexOf(hearing)}";
                var key = Key($"s{pair}");
                using var signals = hearing.Runs.Listen(Tenant, new($"w{pair}"));
                var claimed = await RunningAsync(key, $"w{pair}");

                Yes(await aborting.Sessions.AbortAsync(key, null, null, AbortReason.User, default));

                var signal = Assert.Single(await ReadAsync(signals));
                Assert.Equal(new WorkerSignal(key, new($"w{pair}"), claimed.Run.Id, claimed.Lease.Epoch, "user"), signal);
            }
        }
    }

    [Fact]
    public async Task Invariant_10_an_abort_is_terminal_though_the_worker_hears_nothing()
    {
        var claimed = await RunningAsync(Key());
        await SayAsync(claimed, "partial");
        Cluster.Lose(_ => true);

        Assert.Equal([claimed.Run.Id], (await AbortAsync(Key())).Aborted.AsEnumerable());

        var run = await GetRunAsync(Key(), claimed.Run.Id);
        Assert.Equal((RunStatus.Aborted, "partial"), (run.Status, run.Output));
        Assert.False((await GetAsync(Key())).HasActiveRun);
    }

    [Fact]
    public async Task Invariant_12_a_session_abort_ends_the_queued_runs_first_then_the_active_one()
    {
        var active = await RunningAsync(Key());
        var second = await SendAsync(Key());
        var third = await SendAsync(Key());

        Assert.Equal([second.Id, third.Id, active.Run.Id], (await AbortAsync(Key())).Aborted.AsEnumerable());

        using var reader = await SubscribeAsync(Key());
        await reader.UntilSynchronizedAsync();
        var ends = reader.Records.Select(record => record.Event).OfType<RunAborted>();
        Assert.Equal([second.Id, third.Id, active.Run.Id], ends.Select(ended => ended.RunId));
    }

    [Fact]
    public async Task Invariant_14_an_abort_by_a_key_that_has_not_arrived_holds_when_it_does()
    {
        Assert.True((await AbortAsync(Key(), idempotencyKey: "k")).Pending);
        Assert.True((await AbortAsync(Key(), idempotencyKey: "k")).Pending);

        var run = await SendAsync(Key(), idempotencyKey: "k");

        Assert.Equal((RunStatus.Aborted, AbortReason.User), (run.Status, run.AbortReason));
        Assert.Empty(await Any.Runs.ClaimAsync(Asking(), default));
        Assert.Equal([run.Id], (await AbortAsync(Key(), idempotencyKey: "k")).AlreadyTerminal.AsEnumerable());
    }

    [Fact]
    public async Task Invariant_15_aborting_when_nothing_runs_changes_nothing_and_says_so()
    {
        var run = await CompleteAsync(await RunningAsync(Key()));
        var before = Text.Of(await GetAsync(Key()));

        Assert.Equal(AbortOutcome.Nothing, await AbortAsync(Key()));
        Assert.Equal([run.Id], (await AbortAsync(Key(), run.Id)).AlreadyTerminal.AsEnumerable());
        Assert.Equal(before, Text.Of(await GetAsync(Key())));
        Assert.Equal(RefusalCode.RunNotFound, No(await Any.Sessions.AbortAsync(Key(), new("no"), null, default, default)).Code);
        Assert.Equal(RefusalCode.SessionNotFound, No(await Any.Sessions.AbortAsync(Key("never"), null, null, default, default)).Code);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_and_one_that_was_interrupted_are_told_why()
    {
        using var signals = Cluster.Replicas[1].Runs.Listen(Tenant, new("w1"));
        await RunningAsync(Key("lost"));
        await Cluster.PassAsync(Options.LeaseTtl * 1.1);
        await Cluster.Replicas[0].SweepAsync(default);
        Assert.Equal(RunErrorCode.WorkerLost, Assert.Single(await ReadAsync(signals)).Reason);

        await RunningAsync(Key("interrupted"));
        Yes(await Cluster.Replicas[2].Sessions.SendAsync(Key("interrupted"), new("x") { IfBusy = IfBusy.Interrupt }, default));
        Assert.Equal("superseded", Assert.Single(await ReadAsync(signals)).Reason);

        var claimed = await ClaimAsync();
        await CompleteAsync(claimed);
        signals.Wake();
        Assert.Empty(await ReadAsync(signals));
    }

    private static async Task<IReadOnlyList<WorkerSignal>> ReadAsync(IWorkerSignals signals) =>
        await signals.ReadAsync(default).AsTask().InTimeAsync("a signal to the worker");
}
