using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Claims that wait for runs (invariants 19, 21, 28).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task A_waiting_claim_is_woken_by_a_send_through_any_replica()
    {
        foreach (var claiming in Cluster.Replicas)
        {
            foreach (var sending in Cluster.Replicas)
            {
                var key = Key($"s{Cluster.Replicas.ToList().IndexOf(claiming)}-{Cluster.Replicas.ToList().IndexOf(sending)}");
                var waiting = claiming.Runs.ClaimAsync(Asking(wait: Long), default).AsTask();
                Assert.False(waiting.IsCompleted);
                var sent = Yes(await sending.Sessions.SendAsync(key, new("hello"), default)).Run!;

                var claimed = Assert.Single(await waiting.InTimeAsync("the claim is woken"));
                Assert.Equal((key, sent.Id), (claimed.Key, claimed.Run.Id));
                await CompleteAsync(claimed);
            }
        }
    }

    [Fact]
    public async Task Two_waiting_claims_get_two_runs_and_one_run_goes_to_one_of_them()
    {
        for (var race = 0; race < Races; race++)
        {
            var waiting = Enumerable.Range(0, 3)
                .Select(worker => Any.Runs.ClaimAsync(Asking($"w{worker}", Long), default).AsTask()).ToArray();
            await Race.RunAsync(2, side => SendAsync(Key($"s{race}-{side}")));

            var first = await Task.WhenAny(waiting).InTimeAsync("a first claim is answered");
            var second = await Task.WhenAny(waiting.Where(wait => wait != first)).InTimeAsync("a second claim is answered");
            ClaimedRun[] claimed = [Assert.Single(await first), Assert.Single(await second)];
            Assert.Equal(2, claimed.Select(one => one.Key).Distinct().Count());
            var third = waiting.Single(wait => wait != first && wait != second);
            Assert.False(third.IsCompleted);
            await SendAsync(Key($"s{race}-2"));
            Assert.Single(await third.InTimeAsync("the third claim is answered"));
        }
    }

    [Fact]
    public async Task A_claim_waits_no_longer_than_it_asked_to()
    {
        var wait = TimeSpan.FromSeconds(1);
        var waiting = Any.Runs.ClaimAsync(Asking(wait: wait), default).AsTask();
        await Cluster.PassAsync(wait);
        Assert.Empty(await waiting.InTimeAsync("the wait is up"));
        Assert.Empty(await Any.Runs.ClaimAsync(Asking(), default));
    }

    [Fact]
    public async Task A_claim_gets_as_many_as_it_asked_for_and_only_its_agents()
    {
        for (var n = 0; n < 4; n++)
            await SendAsync(Key($"echo{n}"), agent: Commands.Echo);

        await SendAsync(Key("poet"), agent: Commands.Poet);

        var three = await Any.Runs.ClaimAsync(Asking(max: 3, agents: Commands.Echo), default);
        Assert.Equal(["echo0", "echo1", "echo2"], three.Select(claimed => claimed.Key.Session.Value).Order());
        var rest = await Any.Runs.ClaimAsync(Asking(max: 3), default);
        Assert.Equal(["echo3", "poet"], rest.Select(claimed => claimed.Key.Session.Value).Order());
    }

    [Fact]
    public async Task A_cancelled_claim_passes_its_wake_up_on()
    {
        for (var race = 0; race < Races * 3; race++)
        {
            // All on one replica, where a wake-up goes to one of them: there it could get lost.
            var replica = Any;
            using var cancellation = new CancellationTokenSource();
            var impatient = replica.Runs.ClaimAsync(Asking("w1", Long), cancellation.Token).AsTask();
            var patient = replica.Runs.ClaimAsync(Asking("w2", Long), default).AsTask();
            await Race.RunAsync(2, async side =>
            {
                if (side == 0)
                    await cancellation.CancelAsync();
                else
                    Yes(await replica.Sessions.SendAsync(Key($"s{race}"), new("hello"), default));
            });

            var claimed = await Task.WhenAny(Claimed(impatient), Claimed(patient)).Unwrap().InTimeAsync($"one of the claims is answered in race {race}");
            await CompleteAsync(claimed);
            if (!patient.IsCompleted)
            {
                await SendAsync(Key($"s{race}"));
                await CompleteAsync(await Claimed(patient).InTimeAsync("the other claim is answered"));
            }
        }

        static async Task<ClaimedRun> Claimed(Task<IReadOnlyList<ClaimedRun>> claiming)
        {
            try
            {
                return Assert.Single(await claiming);
            }
            catch (OperationCanceledException)
            {
                return await new TaskCompletionSource<ClaimedRun>().Task;
            }
        }
    }

    [Fact]
    public async Task Invariant_28_an_idle_worker_that_goes_disturbs_nothing()
    {
        var run = await SendAsync(Key(), agent: Commands.Echo);
        using var cancellation = new CancellationTokenSource();
        var waiting = Any.Runs.ClaimAsync(Asking(wait: Long, agents: Commands.Poet), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        Assert.Equal(RunStatus.Queued, (await GetRunAsync(Key(), run.Id)).Status);
        Assert.Equal(run.Id, (await ClaimAsync()).Run.Id);
    }

    [Fact]
    public async Task A_run_whose_claimer_never_learned_of_it_goes_to_the_next_one_at_once_and_counts_no_attempt()
    {
        var sent = await SendAsync(Key());
        var undelivered = await ClaimAsync("w1");
        var waiting = Any.Runs.ClaimAsync(Asking("w2", Long), default).AsTask();

        Yes(await Any.Runs.ReturnAsync(undelivered.Key, sent.Id, undelivered.Lease.Epoch, default));

        var claimed = Assert.Single(await waiting.InTimeAsync("the next claim is answered"));
        Assert.Equal((sent.Id, 1), (claimed.Run.Id, claimed.Run.Attempt));
        Assert.True(claimed.Lease.Epoch > undelivered.Lease.Epoch);
        var late = No(await Any.Runs.CompleteAsync(undelivered.Key, sent.Id, undelivered.Lease.Epoch, null, null, default));
        Assert.Equal(RefusalCode.LeaseLost, late.Code);
        Assert.Equal(RefusalCode.LeaseLost, No(await Any.Runs.ReturnAsync(undelivered.Key, sent.Id, undelivered.Lease.Epoch, default)).Code);
        await CompleteAsync(claimed);
    }

    [Fact]
    public async Task No_wake_up_is_lost_among_many_senders_and_claimers_with_different_agents()
    {
        const int Runs = 240;
        var done = 0;
        using var all = new CancellationTokenSource();
        AgentName[][] sets = [[Commands.Echo], [Commands.Poet], [Commands.Echo, Commands.Poet]];
        var workers = Enumerable.Range(0, 6).Select(async worker =>
        {
            await Task.Yield();
            try
            {
                while (true)
                {
                    var asking = Asking($"w{worker}", Long, 1 + (worker % 2), sets[worker % 3]);
                    foreach (var claimed in await Any.Runs.ClaimAsync(asking, all.Token))
                    {
                        await CompleteAsync(claimed);
                        if (Interlocked.Increment(ref done) == Runs)
                            await all.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException)
            {
            }
        }).ToArray();

        await Race.RunAsync(4, async sender =>
        {
            for (var n = 0; n < Runs / 4; n++)
                await SendAsync(Key($"s{sender}-{n}"), agent: (sender + n) % 2 == 0 ? Commands.Echo : Commands.Poet);
        });

        await Task.WhenAll(workers).InTimeAsync("all runs are done", () => $"{done} of {Runs} are.");
        Assert.Equal(Runs, done);
    }
}
