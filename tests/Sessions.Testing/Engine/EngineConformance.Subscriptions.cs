using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Following a session on any replica (invariants 29 to 32).</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Invariant_30_subscribers_on_every_replica_get_every_event_in_order_once()
    {
        Yes(await Any.Sessions.CreateAsync(Key(), null, null, null, default));
        var readers = await Task.WhenAll(Cluster.Replicas.Select(replica => SubscribeAsync(Key(), at: replica)));

        var claimed = await RunningAsync(Key());
        OutputEvent[] output =
        [
            new RunDelta(claimed.Run.Id, "a"), new RunContent(claimed.Run.Id, "b"), new RunNotice(claimed.Run.Id, "c"),
            new RunTool(claimed.Run.Id, "t", "search", ToolPhase.Started, "{}", null),
        ];
        Yes(await Any.Runs.OutputAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, null, [.. output], default));
        await CompleteAsync(claimed);

        foreach (var reader in readers)
        {
            await reader.UntilAsync<RunCompleted>();
            Assert.Equal(
                ["SessionCreated", "RunQueued", "RunStarted", "RunDelta", "RunContent", "RunNotice", "RunTool", "RunCompleted"],
                reader.Events);
            Assert.Equal("ab", Assert.IsType<RunCompleted>(reader.Records[^1].Event).Run.Output);
            reader.Dispose();
        }
    }

    [Fact]
    public async Task Invariant_30_a_subscriber_resumes_from_any_cursor_on_any_replica()
    {
        var claimed = await RunningAsync(Key());
        for (var n = 0; n < 10; n++)
            await SayAsync(claimed, $"{n}");

        await CompleteAsync(claimed);
        var log = await new StoreDriver(Cluster.Store, default).LogAsync(Key());
        for (var cursor = 1; cursor < log.Count; cursor++)
        {
            using var reader = await SubscribeAsync(Key(), cursor);
            await reader.UntilSynchronizedAsync();
            Assert.Equal(Text.Of(log.Skip(cursor).ToArray()), Text.Of(reader.Records));
            Assert.Equal(log.Count, reader.SynchronizedAt);
        }
    }

    [Fact]
    public async Task A_cursor_ahead_of_the_log_is_refused_and_one_at_its_end_is_not()
    {
        await SendAsync(Key());
        var end = (await GetAsync(Key())).LastSeq;
        Assert.Equal(RefusalCode.CursorAhead, No(await Any.Sessions.SubscribeAsync(Key(), end + 1, null, default)).Code);
        Assert.Equal(RefusalCode.SessionNotFound, No(await Any.Sessions.SubscribeAsync(Key("never"), 0, null, default)).Code);
        Assert.Equal(RefusalCode.RunNotFound, No(await Any.Sessions.SubscribeAsync(Key(), 0, new("no"), default)).Code);

        using var reader = await SubscribeAsync(Key(), end);
        await reader.UntilSynchronizedAsync();
        Assert.Empty(reader.Records);
        await ClaimAsync();
        await reader.UntilAsync<RunStarted>();
    }

    [Fact]
    public async Task Invariant_32_a_reader_that_sleeps_through_many_commits_loses_nothing_and_slows_nobody()
    {
        var claimed = await RunningAsync(Key());
        using var sleeping = await SubscribeAsync(Key(), at: Cluster.Replicas[0]);
        using var awake = await SubscribeAsync(Key(), at: Cluster.Replicas[0]);
        await sleeping.UntilSynchronizedAsync();
        for (var n = 0; n < 700; n++)
        {
            // Most of them on the sleeper's own replica, so that they go through its buffer.
            var at = n % 10 == 0 ? Any : Cluster.Replicas[0];
            Yes(await at.Runs.OutputAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, "x")], default));
            if (n % 7 == 0)
                await awake.UntilSeqAsync(n + 4);
        }

        await CompleteAsync(claimed);
        await sleeping.UntilAsync<RunCompleted>();
        await awake.UntilAsync<RunCompleted>();
        Assert.Equal(704, sleeping.Records.Count);
        Assert.Equal(Text.Of(sleeping.Records), Text.Of(awake.Records));
    }

    [Fact]
    public async Task Invariant_31_a_lost_hint_is_repaired_without_another_event()
    {
        var claimed = await RunningAsync(Key());
        using var reader = await SubscribeAsync(Key(), at: Cluster.Replicas[0]);
        await reader.UntilSynchronizedAsync();
        Cluster.Lose(_ => true);
        Yes(await Cluster.Replicas[1].Runs.CompleteAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, "done", null, default));

        await Cluster.Replicas[0].RepairAsync(default);

        await reader.UntilAsync<RunCompleted>();
    }

    [Fact]
    public async Task Invariant_30_hints_lost_in_between_are_made_up_for_by_the_next_one()
    {
        var claimed = await RunningAsync(Key());
        using var reader = await SubscribeAsync(Key(), at: Cluster.Replicas[0]);
        await reader.UntilSynchronizedAsync();
        var lost = 0;
        Cluster.Lose(_ => Interlocked.Increment(ref lost) % 3 != 0);
        for (var n = 0; n < 50; n++)
        {
            var at = Cluster.Replicas[n % 3];
            Yes(await at.Runs.OutputAsync(Key(), claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, $"{n}")], default));
        }

        Cluster.Lose(null);
        await CompleteAsync(claimed);
        await reader.UntilAsync<RunCompleted>();
        Assert.Equal(50, reader.Events.Count(name => name == nameof(RunDelta)));
    }

    [Fact]
    public async Task Invariant_30_commits_of_many_writers_reach_a_reader_in_order()
    {
        var claimed = await RunningAsync(Key());
        var reading = Task.WhenAll(Cluster.Replicas.Select(async replica =>
        {
            using var reader = await SubscribeAsync(Key(), at: replica);
            await reader.UntilAsync<RunCompleted>();
            return Text.Of(reader.Records);
        }));
        await Race.RunAsync(6, async writer =>
        {
            for (var n = 0; n < 60; n++)
            {
                if (writer == 0)
                    Yes(await Any.Sessions.UpdateAsync(Key(), $"{n}", null, default));
                else
                    await SayAsync(claimed, "x");
            }
        });
        await CompleteAsync(claimed);

        Assert.Single((await reading.InTimeAsync("all readers have the terminal event")).Distinct());
    }

    [Fact]
    public async Task A_reset_and_a_deletion_are_followed_to_the_end()
    {
        var claimed = await RunningAsync(Key());
        using var reader = await SubscribeAsync(Key());
        await reader.UntilSynchronizedAsync();
        Yes(await Any.Sessions.ResetAsync(Key(), default));
        await reader.UntilAsync<SessionReset>();
        using (var young = await SubscribeAsync(Key()))
        {
            await young.UntilSynchronizedAsync();
            Assert.Equal(["SessionReset"], young.Events);
        }

        Yes(await Any.Sessions.DeleteAsync(Key(), default));
        await reader.UntilAsync<SessionDeleted>();
        Assert.Equal(["SessionCreated", "RunQueued", "RunStarted", "RunAborted", "SessionReset", "SessionDeleted"], reader.Events);
        Assert.Equal(claimed.Run.Id, reader.Records.Select(record => record.Event).OfType<RunAborted>().Single().RunId);
        using var late = await SubscribeAsync(Key(), 3);
        await late.UntilAsync<SessionDeleted>();
        Assert.Equal(["RunAborted", "SessionReset", "SessionDeleted"], late.Events);
    }

    [Fact]
    public async Task Invariant_33_who_resumes_behind_the_end_is_told_that_it_is_over()
    {
        var run = await CompleteAsync(await RunningAsync(Key()));
        await SendAsync(Key());
        Assert.True(await IsOverAsync(run.EndedSeq, run.Id));
        Assert.False(await IsOverAsync(run.EndedSeq - 1, run.Id));
        Assert.False(await IsOverAsync(run.EndedSeq, null));

        var deleted = Yes(await Any.Sessions.DeleteAsync(Key(), default));
        Assert.True(await IsOverAsync(deleted.LastSeq, null));
        Assert.False(await IsOverAsync(deleted.LastSeq - 1, null));
        Assert.Equal(RefusalCode.SessionDeleted, No(await Any.Sessions.SubscribeAsync(Key(), 0, null, default)).Code);

        async Task<bool> IsOverAsync(long after, RunId? about)
        {
            using var subscription = Yes(await Any.Sessions.SubscribeAsync(Key(), after, about, default));
            return subscription.IsOver;
        }
    }

    [Fact]
    public async Task A_subscription_about_a_run_begins_with_its_acceptance()
    {
        await CompleteAsync(await RunningAsync(Key()));
        var claimed = await RunningAsync(Key());
        var other = await SendAsync(Key());
        using var reader = await SubscribeAsync(Key(), run: claimed.Run.Id);
        await reader.UntilSynchronizedAsync();
        Assert.Equal(claimed.Run.Id, Assert.IsType<RunQueued>(reader.Records[0].Event).RunId);

        await CompleteAsync(claimed);
        await reader.UntilAsync<RunCompleted>();
        Assert.Contains(reader.Records, record => record.Event is RunQueued queued && queued.RunId == other.Id);

        Yes(await Any.Sessions.ResetAsync(Key(), default));
        using var past = await SubscribeAsync(Key(), run: claimed.Run.Id);
        await past.UntilAsync<RunCompleted>();
    }

    [Fact]
    public async Task A_wake_up_makes_a_read_return_once()
    {
        await SendAsync(Key());
        var subscription = Yes(await Any.Sessions.SubscribeAsync(Key(), 0, null, default));
        while (await subscription.ReadAsync(default) is not SubscriptionItem.Synchronized)
        {
        }

        subscription.Wake();
        Assert.Null(await subscription.ReadAsync(default).AsTask().InTimeAsync("the woken read returns"));
        var reading = subscription.ReadAsync(default).AsTask();
        Assert.False(reading.IsCompleted);
        subscription.Wake();
        Assert.Null(await reading.InTimeAsync("the waiting read returns"));

        using var cancellation = new CancellationTokenSource();
        reading = subscription.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await ClaimAsync();
        Assert.IsType<SubscriptionItem.Records>(await subscription.ReadAsync(default).AsTask().InTimeAsync("the next event"));
        subscription.Dispose();
        subscription.Dispose();
    }

    [Fact]
    public async Task Invariant_1_who_saw_the_terminal_event_sees_no_active_run_through_any_replica()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            var claimed = await RunningAsync(key);
            var looking = Task.WhenAll(Cluster.Replicas.Select(async replica =>
            {
                using var reader = await SubscribeAsync(key, at: replica);
                await reader.UntilAsync(happened => happened is RunEnded);
                foreach (var other in Cluster.Replicas)
                {
                    Assert.False(Yes(await other.Sessions.GetAsync(key, default)).HasActiveRun);
                    Assert.True(Yes(await other.Sessions.GetRunAsync(key, claimed.Run.Id, default, default)).IsTerminal);
                    Assert.DoesNotContain(
                        (await other.Sessions.ListAsync(new(Tenant, null, true, null, 100, null), default))!.Items,
                        session => session.Key == key);
                }
            }));
            await SayAsync(claimed, "x");
            await CompleteAsync(claimed);
            await looking.InTimeAsync("every replica shows the end");
        }
    }
}
