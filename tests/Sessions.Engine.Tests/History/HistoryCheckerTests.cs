using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>The checker is worth nothing unless it finds what is wrong.</summary>
public sealed class HistoryCheckerTests
{
    private static readonly SessionKey Key = new(new("t"), new("s"));

    private readonly History _history = new();

    [Fact]
    public async Task A_history_that_happened_is_right()
    {
        var final = await HappenedAsync();
        Record(final);
        Assert.Empty(HistoryChecker.Check(_history));
    }

    [Fact]
    public async Task A_doubled_terminal_event_is_found()
    {
        var final = await HappenedAsync();
        var end = final.Log.Last(record => record.Event is RunCompleted);
        Finds(2, final with { Log = [.. final.Log, end with { Seq = final.Log.Count + 1 }] });
    }

    [Fact]
    public async Task A_run_that_never_ends_is_found()
    {
        var final = await HappenedAsync();
        Finds(2, final with { Log = [.. final.Log.SkipLast(1)] });
    }

    [Fact]
    public async Task A_gap_in_the_log_is_found()
    {
        var final = await HappenedAsync();
        Finds(37, final with { Log = [.. final.Log.Where(record => record.Seq != 4)] });
    }

    [Fact]
    public async Task A_stored_state_that_the_log_does_not_give_is_found()
    {
        var final = await HappenedAsync();
        Finds(37, final with { State = final.State with { Title = "from nowhere" } });
    }

    [Fact]
    public async Task Output_behind_the_terminal_event_is_found()
    {
        var final = await HappenedAsync();
        var run = final.Runs[0].Id;
        Finds(13, final with { Log = [.. final.Log, new(final.Log.Count + 1, final.State.Version, default, new RunDelta(run, "late"))] });
    }

    [Fact]
    public async Task A_partial_text_that_is_not_what_was_streamed_is_found()
    {
        var final = await HappenedAsync();
        Finds(13, Replace<RunAborted>(final, aborted => new RunAborted(aborted.Run with { Output = "other" })));
    }

    [Fact]
    public async Task A_completed_run_that_is_stored_as_failed_is_found()
    {
        var final = await HappenedAsync();
        Finds(8, final with { Runs = [.. final.Runs.Select(run => run with { Status = RunStatus.Failed })] });
    }

    [Fact]
    public async Task A_run_started_twice_for_one_key_is_found()
    {
        var final = await HappenedAsync();
        Finds(17, Replace<RunQueued>(final, queued => new RunQueued(queued.Run with { IdempotencyKey = "k1" })));
    }

    [Fact]
    public async Task Two_runs_given_for_one_key_are_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.Sent(Key, "k", "x", final.Runs[0].Id, true));
        _history.Add(new Observation.Sent(Key, "k", "x", final.Runs[1].Id, false));
        Finds(17, final);
    }

    [Fact]
    public async Task One_key_accepted_with_two_payloads_is_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.Sent(Key, "k", "x", final.Runs[0].Id, true));
        _history.Add(new Observation.Sent(Key, "k", "y", final.Runs[0].Id, true));
        Finds(18, final);
    }

    [Fact]
    public async Task Two_runs_at_once_and_an_epoch_that_does_not_grow_are_found()
    {
        var final = await HappenedAsync();
        var start = final.Log.First(record => record.Event is RunStarted);
        Finds(19, final with { Log = [.. final.Log.Take((int)start.Seq), start with { Seq = start.Seq + 1 }] });
    }

    [Fact]
    public async Task A_run_that_starts_before_its_turn_is_found()
    {
        var final = await HappenedAsync();
        Finds(21, Replace<RunStarted>(final, started => started with { RunId = new("r2") }));
    }

    [Fact]
    public async Task A_queued_run_aborted_behind_the_active_one_is_found()
    {
        var final = await HappenedAsync();
        var aborts = final.Log.Where(record => record.Event is RunAborted).ToArray();
        Finds(12, final with
        {
            Log = [.. final.Log.Select(record => record == aborts[0] ? aborts[1] with { Seq = record.Seq }
                : record == aborts[1] ? aborts[0] with { Seq = record.Seq } : record)],
        });
    }

    [Fact]
    public async Task An_abort_that_did_not_abort_is_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.Aborted(Key, [final.Runs.Single(run => run.Status == RunStatus.Completed).Id]));
        Finds(10, final);
    }

    [Fact]
    public async Task A_late_report_that_was_believed_and_output_that_was_lost_are_found()
    {
        var final = await HappenedAsync();
        var completed = final.Runs.Single(run => run.Status == RunStatus.Completed).Id;
        _history.Add(new Observation.Reported(Key, completed, true, RunStatus.Failed));
        _history.Add(new Observation.Said(Key, completed, "lost", true));
        _history.Add(new Observation.Said(Key, completed, "a", false));
        Record(final);
        Assert.Equal([30, 4, 8], HistoryChecker.Check(_history).Select(violation => violation.Invariant));
    }

    [Fact]
    public async Task A_subscriber_that_misses_repeats_or_mistakes_a_record_is_found()
    {
        var final = await HappenedAsync();
        IReadOnlyList<LogRecord>[] wrongs =
        [
            [.. final.Log.Where(record => record.Seq != 5)],
            [.. final.Log.Take(5), .. final.Log.Skip(4)],
            [.. final.Log.Take(2).Reverse(), .. final.Log.Skip(2)],
            [.. final.Log.SkipLast(1), final.Log[^1] with { Event = final.Log[0].Event }],
            [.. final.Log, final.Log[^1] with { Seq = final.Log.Count + 1 }],
        ];
        foreach (var wrong in wrongs)
        {
            var history = new History();
            history.Add(final);
            history.Add(new Subscribed("one", Key, 0, [.. wrong.Select(Delivered.Of)]));
            Assert.Contains(HistoryChecker.Check(history), violation => violation.Invariant == 30);
        }
    }

    [Fact]
    public async Task A_subscriber_that_never_gets_the_last_record_is_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Subscribed("one", Key, 0, [.. final.Log.SkipLast(1).Select(Delivered.Of)]));
        _history.Add(final);
        Assert.Equal(31, Assert.Single(HistoryChecker.Check(_history)).Invariant);
    }

    [Fact]
    public async Task An_accepted_run_that_is_gone_is_found()
    {
        _history.Add(new Observation.Sent(Key, null, "x", new("gone"), false));
        Finds(36, await HappenedAsync());
    }

    [Fact]
    public async Task A_status_that_is_not_the_last_one_is_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.SawStatus(Key, final.Runs.Single(run => run.Status == RunStatus.Completed).Id, RunStatus.Failed, 1));
        Finds(8, final);
    }

    [Fact]
    public async Task A_clean_end_of_a_stream_and_a_dead_lease_are_found()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.EndedWithoutEnd("one"));
        _history.Add(new Observation.SawDeadLease(Key, final.Runs[0].Id, TimeSpan.FromSeconds(30)));
        Record(final);
        Assert.Equal([33, 27], HistoryChecker.Check(_history).Select(violation => violation.Invariant));
    }

    [Fact]
    public async Task Output_that_nobody_answered_for_may_be_there_or_not()
    {
        var final = await HappenedAsync();
        _history.Add(new Observation.Said(Key, final.Log.Select(record => record.Event).OfType<RunDelta>().First().RunId, "a", null));
        _history.Add(new Observation.Said(Key, final.Runs[0].Id, "never arrived", null));
        Record(final);
        Assert.Empty(HistoryChecker.Check(_history));
    }

    [Fact]
    public async Task A_version_that_goes_back_and_one_that_is_not_the_last_are_found()
    {
        var final = await HappenedAsync();
        var last = SessionSnapshot.Of(final.State);
        foreach (SessionSnapshot[] given in new[] { [last, last with { Version = 1 }, last], new[] { last with { Version = 1 } }, [] })
        {
            var history = new History();
            history.Add(final);
            history.Add(new Watched("one", [.. given.Select(WatchedVersion.Of)]));
            Assert.Equal(34, Assert.Single(HistoryChecker.Check(history)).Invariant);
        }
    }

    [Fact]
    public async Task A_run_shown_active_after_its_end_was_seen_is_found()
    {
        var final = await HappenedAsync();
        var run = final.Runs[0].Id;
        var before = _history.Now();
        _history.Add(new Observation.SawEnd(Key, run, _history.Now()));
        _history.Add(new Observation.SawActive(Key, [run], before));
        Record(final);
        Assert.Empty(HistoryChecker.Check(_history));

        _history.Add(new Observation.SawActive(Key, [run], _history.Now()));
        Assert.Equal(1, Assert.Single(HistoryChecker.Check(_history)).Invariant);
    }

    [Fact]
    public async Task A_fault_shown_to_a_caller_is_found()
    {
        _history.Add(new Observation.Faulted("lost a race"));
        Finds(20, await HappenedAsync());
    }

    private static Final Replace<TEvent>(Final final, Func<TEvent, SessionEvent> replace)
        where TEvent : SessionEvent => final with
        {
            Log = [.. final.Log.Select(record => record.Event is TEvent one ? record with { Event = replace(one) } : record)],
        };

    /// <summary>One run completes; of two others one is running and one waits when both are aborted.</summary>
    private static async Task<Final> HappenedAsync()
    {
        var store = new MemoryStore(new ManualTimeProvider());
        var driver = new StoreDriver(store, TimeSpan.FromSeconds(15));
        await driver.DoAsync(Key, Commands.Send("r1", key: "k1"));
        await driver.DoAsync(Key, Commands.Send("r2", key: "k2"));
        await driver.DoAsync(Key, Commands.Send("r3"));
        var first = await driver.StartAsync(Key);
        await driver.SayAsync(Key, first, "a");
        await driver.DoAsync(Key, Commands.Complete(first));
        await driver.SayAsync(Key, await driver.StartAsync(Key), "b");
        await driver.DoAsync(Key, Commands.Abort());
        return new Final(await driver.StateAsync(Key), await driver.LogAsync(Key), await store.ListRunsAsync(Key, null, 10, default));
    }

    private void Record(Final final)
    {
        _history.Add(final);
        _history.Add(new Subscribed("from the start", Key, 0, [.. final.Log.Select(Delivered.Of)]));
        _history.Add(new Subscribed("from the middle", Key, 3, [.. final.Log.Skip(3).Select(Delivered.Of)]));
        _history.Add(new Watched("one", [WatchedVersion.Of(SessionSnapshot.Of(final.State))]));
    }

    private void Finds(int invariant, Final final)
    {
        _history.Add(final);
        Assert.Contains(HistoryChecker.Check(_history), violation => violation.Invariant == invariant);
    }
}
