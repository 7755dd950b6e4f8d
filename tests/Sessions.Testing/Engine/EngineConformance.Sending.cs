using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Admission and queue (invariants 17 to 23).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Invariant_17_one_key_makes_one_run_through_all_replicas_at_once()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            var sent = await Race.RunAsync(6, async sender => Yes(await Cluster.Replicas[sender % Cluster.Replicas.Count].Sessions
                .SendAsync(key, new Sending("hello") { IdempotencyKey = "k" }, default)));

            Assert.Single(sent.Select(outcome => outcome.Run!.Id).Distinct());
            Assert.Single(sent, outcome => !outcome.Deduplicated);
            Assert.Single(Yes(await Any.Sessions.ListRunsAsync(key, null, 10, default)));
        }
    }

    [Fact]
    public async Task Invariant_17_a_key_is_known_after_completion_and_reset()
    {
        var run = await SendAsync(Key(), idempotencyKey: "k");
        await CompleteAsync(await ClaimAsync(), "answer");
        var again = Yes(await Any.Sessions.SendAsync(Key(), new Sending("hello") { IdempotencyKey = "k" }, default));
        Assert.Equal((run.Id, "answer", true), (again.Run!.Id, again.Run.Output, again.Deduplicated));

        Yes(await Any.Sessions.ResetAsync(Key(), default));
        Assert.Equal(run.Id, (await SendAsync(Key(), idempotencyKey: "k")).Id);
        Assert.Empty(await Any.Runs.ClaimAsync(Asking(), default));
    }

    [Fact]
    public async Task Invariant_18_the_same_key_with_another_payload_is_refused()
    {
        await SendAsync(Key(), idempotencyKey: "k");
        Sending[] others =
        [
            new("other"), new("hello") { Agent = Commands.Poet }, new("hello") { RunId = new("r9") },
            new("hello") { MaxAttempts = 2 }, new("hello") { Timeout = TimeSpan.FromMinutes(1) },
        ];

        foreach (var other in others)
        {
            var refusal = No(await Any.Sessions.SendAsync(Key(), other with { IdempotencyKey = "k" }, default));
            Assert.Equal(RefusalCode.IdempotencyKeyReused, refusal.Code);
        }

        Yes(await Any.Sessions.SendAsync(Key(), new Sending("hello") { IdempotencyKey = "k", IfBusy = IfBusy.Reject }, default));
    }

    [Fact]
    public async Task Invariant_20_losing_races_is_never_shown_to_senders_through_all_replicas()
    {
        const int Senders = 6;
        var runs = await Race.RunAsync(Senders, async sender => Yes(await Cluster.Replicas[sender % Cluster.Replicas.Count].Sessions
            .SendAsync(Key(), new Sending($"from {sender}"), default)).Run!.Id);

        Assert.Equal(Senders, runs.Distinct().Count());
        Assert.Equal(runs.Order(ById), (await GetAsync(Key())).QueuedRuns.Order(ById));
    }

    [Fact]
    public async Task Invariant_21_queued_runs_start_in_order_one_at_a_time_whatever_becomes_of_those_before()
    {
        var sent = new List<RunId>();
        for (var n = 0; n < 5; n++)
            sent.Add((await SendAsync(Key())).Id);

        var started = new List<RunId>();
        for (var n = 0; n < 5; n++)
        {
            var claimed = await ClaimAsync($"w{n}");
            Assert.Empty(await Any.Runs.ClaimAsync(Asking("w9"), default));
            started.Add(claimed.Run.Id);
            switch (n)
            {
                case 0:
                    await CompleteAsync(claimed);
                    break;
                case 1:
                    await FailAsync(claimed, "boom");
                    break;
                case 2:
                    await AbortAsync(Key(), claimed.Run.Id);
                    break;
                case 3:
                    await Cluster.PassAsync(Options.LeaseTtl * 1.1);
                    await SweepAsync();
                    break;
                default:
                    await CompleteAsync(claimed);
                    break;
            }
        }

        Assert.Equal(sent, started);
        Assert.Equal(
            [RunStatus.Completed, RunStatus.Failed, RunStatus.Aborted, RunStatus.Failed, RunStatus.Completed],
            Yes(await Any.Sessions.ListRunsAsync(Key(), null, 10, default)).Reverse().Select(run => run.Status));
    }

    [Fact]
    public async Task A_busy_session_rejects_or_interrupts_when_asked_to()
    {
        var claimed = await RunningAsync(Key());
        var rejected = await Any.Sessions.SendAsync(Key(), new Sending("x") { IfBusy = IfBusy.Reject }, default);
        Assert.Equal(RefusalCode.SessionBusy, No(rejected).Code);

        var interrupting = Yes(await Any.Sessions.SendAsync(Key(), new Sending("x") { IfBusy = IfBusy.Interrupt }, default)).Run!;

        var superseded = await GetRunAsync(Key(), claimed.Run.Id);
        Assert.Equal((RunStatus.Aborted, AbortReason.Superseded), (superseded.Status, superseded.AbortReason));
        Assert.Equal(interrupting.Id, (await ClaimAsync("w2")).Run.Id);
    }

    [Fact]
    public async Task Invariant_23_a_full_queue_refuses_the_new_send_and_drops_nothing()
    {
        var accepted = new List<RunId> { (await RunningAsync(Key())).Run.Id };
        for (var n = 0; n < Options.MaxQueued; n++)
            accepted.Add((await SendAsync(Key(), idempotencyKey: $"k{n}")).Id);

        Assert.Equal(RefusalCode.QueueFull, No(await Any.Sessions.SendAsync(Key(), new Sending("x"), default)).Code);
        Assert.Equal(accepted[1], (await SendAsync(Key(), idempotencyKey: "k0")).Id);
        var session = await GetAsync(Key());
        Assert.Equal(accepted, session.QueuedRuns.Prepend(session.ActiveRun!.Value));
    }

    [Fact]
    public async Task A_run_id_is_used_once()
    {
        Yes(await Any.Sessions.SendAsync(Key(), new Sending("x") { RunId = new("r1") }, default));
        Assert.Equal(RefusalCode.RunConflict, No(await Any.Sessions.SendAsync(Key(), new Sending("y") { RunId = new("r1") }, default)).Code);
        await CompleteAsync(await ClaimAsync());
        Assert.Equal(RefusalCode.RunConflict, No(await Any.Sessions.SendAsync(Key(), new Sending("y") { RunId = new("r1") }, default)).Code);
    }

    private static Comparer<RunId> ById => Comparer<RunId>.Create((one, other) => string.CompareOrdinal(one.Value, other.Value));
}
