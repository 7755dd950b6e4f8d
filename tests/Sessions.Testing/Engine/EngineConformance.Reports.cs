using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What workers report, through any replica (invariants 4, 8, 9, 19).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task A_run_is_claimed_on_one_replica_written_on_another_and_completed_on_a_third()
    {
        var run = await SendAsync(Key());
        var claimed = await ClaimAsync("w1", Cluster.Replicas[0]);
        var (id, epoch) = (claimed.Run.Id, claimed.Lease.Epoch);
        Assert.Equal((run.Id, SessionStatus.Running), (id, claimed.Session.Status));

        Yes(await Cluster.Replicas[1].Runs.OutputAsync(Key(), id, epoch, 1, [new RunDelta(id, "answer")], default));
        Yes(await Cluster.Replicas[2].Runs.OutputAsync(Key(), id, epoch, 1, [new RunDelta(id, "answer")], default));
        var disorder = No(await Cluster.Replicas[0].Runs.OutputAsync(Key(), id, epoch, 3, [new RunDelta(id, "!")], default));
        Assert.Equal(RefusalCode.BatchOutOfOrder, disorder.Code);
        var completed = Yes(await Cluster.Replicas[2].Runs.CompleteAsync(Key(), id, epoch, null, """{"tokens":7}""", default));

        Assert.Equal(("answer", """{"tokens":7}"""), (completed.Output, completed.Usage));
        Assert.Equal(Text.Of(completed), Text.Of(await GetRunAsync(Key(), id)));
        Assert.Equal(Text.Of(completed), Text.Of(Yes(await Any.Runs.CompleteAsync(Key(), id, epoch, null, null, default))));
    }

    [Fact]
    public async Task Invariant_4_late_reports_change_nothing_and_are_told_so()
    {
        var claimed = await RunningAsync(Key());
        var (id, epoch) = (claimed.Run.Id, claimed.Lease.Epoch);
        await AbortAsync(Key());
        var before = Text.Of(await GetAsync(Key()));

        foreach (var replica in Cluster.Replicas)
        {
            Refusal[] refusals =
            [
                No(await replica.Runs.OutputAsync(Key(), id, epoch, null, [new RunDelta(id, "late")], default)),
                No(await replica.Runs.HeartbeatAsync(Key(), id, epoch, default)),
                No(await replica.Runs.CompleteAsync(Key(), id, epoch, "late", null, default)),
                No(await replica.Runs.FailAsync(Key(), id, epoch, new("late", "late"), FailPhase.Run, default)),
            ];
            Assert.All(refusals, refusal => Assert.Equal((RefusalCode.LeaseLost, RunStatus.Aborted), (refusal.Code, refusal.RunStatus)));
        }

        Assert.Equal(before, Text.Of(await GetAsync(Key())));
    }

    [Fact]
    public async Task Invariant_9_a_start_failure_without_a_binding_is_visible_and_the_next_send_works()
    {
        var claimed = await RunningAsync(Key());
        await FailAsync(claimed, "start_failed", FailPhase.Start);

        var session = await GetAsync(Key());
        Assert.Equal((SessionStatus.Stopped, BindingState.None), (session.Status, session.Binding.State));
        Assert.Equal(("start_failed", claimed.Run.Id), (session.LastError?.Error.Code, session.LastError?.Run));
        Assert.True(session.Version > claimed.Session.Version);

        await SendAsync(Key(), agent: Commands.Poet);
        await CompleteAsync(await ClaimAsync(), "fine");
        session = await GetAsync(Key());
        Assert.Equal((SessionStatus.Idle, Commands.Poet, null), (session.Status, session.Binding.Agent, session.LastError));
    }

    [Fact]
    public async Task Invariant_9_a_start_failure_with_a_binding_keeps_it()
    {
        await CompleteAsync(await RunningAsync(Key()));
        await FailAsync(await RunningAsync(Key()), "start_failed", FailPhase.Start);

        var session = await GetAsync(Key());
        Assert.Equal((SessionStatus.Error, BindingState.Bound, Commands.Echo), (session.Status, session.Binding.State, session.Binding.Agent));
        Assert.Equal(RefusalCode.AgentMismatch, No(await Any.Sessions.SendAsync(Key(), new("x") { Agent = Commands.Poet }, default)).Code);
        await CompleteAsync(await RunningAsync(Key()));
        Assert.Null((await GetAsync(Key())).LastError);
    }

    [Fact]
    public async Task Of_a_completion_and_an_abort_at_once_one_wins_and_both_are_told_the_same()
    {
        for (var race = 0; race < Races; race++)
        {
            var claimed = await RunningAsync(Key($"s{race}"));
            var id = claimed.Run.Id;
            var told = await Race.RunAsync(2, async side =>
            {
                if (side == 0)
                {
                    var aborted = await AbortAsync(claimed.Key, id);
                    return aborted.Aborted.Contains(id) ? RunStatus.Aborted : RunStatus.Completed;
                }

                var completed = await Any.Runs.CompleteAsync(claimed.Key, id, claimed.Lease.Epoch, "done", null, default);
                return completed.IsRefused ? completed.Refusal.RunStatus!.Value : completed.Value.Status;
            });

            Assert.Equal(told[0], told[1]);
            Assert.Equal(told[0], (await GetRunAsync(claimed.Key, id)).Status);
            await LogReplay.AgreesAsync(Cluster.Store, claimed.Key);
        }
    }
}
