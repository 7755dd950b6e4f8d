using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Waiting for a run to end, on any replica.</summary>
public abstract partial class EngineConformance
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Waiting_for_a_run_ends_with_its_completion_through_another_replica()
    {
        var claimed = await RunningAsync(Key());
        var waiting = Cluster.Replicas
            .Select(replica => replica.Sessions.GetRunAsync(Key(), claimed.Run.Id, Long, default).AsTask()).ToArray();
        await SayAsync(claimed, "answer");
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));
        await CompleteAsync(claimed);

        foreach (var wait in waiting)
            Assert.Equal("answer", Yes(await wait.InTimeAsync("the wait ends")).Output);
    }

    [Fact]
    public async Task Waiting_for_a_run_ends_whatever_else_is_going_on_around_its_end()
    {
        for (var race = 0; race < Races * 3; race++)
        {
            var claimed = await RunningAsync(Key($"s{race}"));
            var waiting = Task.WhenAll(Cluster.Replicas.Select(replica => replica.Sessions.GetRunAsync(claimed.Key, claimed.Run.Id, Long, default).AsTask()));
            await Race.RunAsync(3, async side =>
            {
                if (side == 0)
                {
                    for (var n = 0; n < 5; n++)
                    {
                        await Cluster.Replicas[0].Runs.OutputAsync(
                            claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, "x")], default);
                    }

                    Yes(await Cluster.Replicas[1].Runs.CompleteAsync(claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, null, null, default));
                }
                else
                {
                    for (var n = 0; n < 10; n++)
                        Yes(await Cluster.Replicas[side].Sessions.UpdateAsync(claimed.Key, $"{side}.{n}", null, default));
                }
            });

            var ended = await waiting.InTimeAsync($"all waits end in race {race}");
            Assert.All(ended, run => Assert.Equal(RunStatus.Completed, Yes(run).Status));
        }
    }

    [Fact]
    public async Task Waiting_for_a_run_ends_when_the_time_is_up_or_the_session_is_deleted()
    {
        var run = await SendAsync(Key());
        var wait = TimeSpan.FromSeconds(1);
        var waiting = Any.Sessions.GetRunAsync(Key(), run.Id, wait, default).AsTask();
        await Cluster.PassAsync(wait);
        Assert.Equal(RunStatus.Queued, Yes(await waiting.InTimeAsync("the wait is up")).Status);

        waiting = Any.Sessions.GetRunAsync(Key(), run.Id, Long, default).AsTask();
        Yes(await Any.Sessions.DeleteAsync(Key(), default));
        Assert.Equal(RefusalCode.SessionDeleted, No(await waiting.InTimeAsync("the wait ends")).Code);
    }

    [Fact]
    public async Task Invariant_31_waiting_for_a_run_ends_by_repair_when_the_hint_was_lost()
    {
        var claimed = await RunningAsync(Key());
        var waiting = Cluster.Replicas[0].Sessions.GetRunAsync(Key(), claimed.Run.Id, Long, default).AsTask();
        Cluster.Lose(_ => true);
        Yes(await Cluster.Replicas[1].Runs.CompleteAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, null, null, default));
        await Cluster.Replicas[0].RepairAsync(default);

        Assert.Equal(RunStatus.Completed, Yes(await waiting.InTimeAsync("the wait ends")).Status);
    }
}
