using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Many writes in one commit, each with its own outcome.</summary>
[Collection(OnPostgres.Name)]
public sealed class GroupCommitTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(1);

    private TestDatabase _database = null!;
    private PostgresStore _store = null!;
    private StoreDriver _driver = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateAsync();
        _store = _database.Store(new PostgresOptions { Writers = 1 });
        _driver = new StoreDriver(_store, Ttl);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_conflict_is_one_writes_own_affair()
    {
        var creates = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => _driver.DecideAsync(Key($"s{n}"), Commands.Create())));
        foreach (var n in Enumerable.Range(0, 20))
            await new StoreDriver(_database.Store(), Ttl).DoAsync(Key($"s{n}"), Commands.Create(title: "first"));

        var results = await TogetherAsync(creates.Select(write => new Func<Task<DecisionResult>>(
            async () => await _store.AppendAsync(write, default))));

        Assert.All(results[..20], result => Assert.IsType<DecisionResult.Conflict>(result));
        Assert.All(results[20..], result => Assert.IsType<DecisionResult.Committed>(result));
        Assert.Equal("first", (await _driver.StateAsync(Key("s3"))).Title);
    }

    [Fact]
    public async Task Batches_of_two_replicas_with_output_and_decisions_for_each_others_sessions_do_not_lock_each_other_out()
    {
        var other = new StoreDriver(_database.Store(new PostgresOptions { Writers = 1 }), Ttl);
        var runs = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => _driver.RunningAsync(Key($"s{n:00}"), "r")));
        await Race.RunAsync(2, async replica =>
        {
            var driver = replica == 0 ? _driver : other;
            for (var round = 0; round < 40; round++)
            {
                // Half of the sessions get output from this replica and a decision from the other one, each in one batch.
                await Task.WhenAll(runs.Select((run, n) => (n + round) % 2 == replica
                    ? (Task)driver.SayAsync(Key($"s{n:00}"), run, "x")
                    : driver.DoAsync(Key($"s{n:00}"), new UpdateSession($"{round}", null))));
            }
        });

        Assert.Equal(0L, await _database.RunAsync<long>("select deadlocks from pg_stat_database where datname = current_database()"));
        foreach (var n in Enumerable.Range(0, runs.Length))
            await LogReplay.AgreesAsync(_store, Key($"s{n:00}"));
    }

    [Fact]
    public async Task Outputs_of_one_session_merge_in_order()
    {
        var run = await _driver.RunningAsync(Key(), "r1");
        var results = await TogetherAsync(Enumerable.Range(1, 100).Select(batch => new Func<Task<OutputResult>>(
            () => _driver.OutputAsync(Key(), run, batch, new RunDelta(run.Id, $"{batch},")))));

        Assert.All(results, result => Assert.IsType<OutputResult.Landed>(result));
        var log = await _driver.LogAsync(Key());
        Assert.Equal(string.Concat(Enumerable.Range(1, 100).Select(batch => $"{batch},")), Written(log));
        var ended = await _driver.DoAsync(Key(), Commands.Complete(run));
        Assert.Equal(Written(log), ended.Runs.Single().Output);
        await LogReplay.AgreesAsync(_store, Key());
    }

    [Fact]
    public async Task Where_there_is_no_room_each_write_is_refused_once_and_not_tried_again()
    {
        await _driver.DoAsync(Key(), Commands.Create());
        await _database.RunAsync(
            """
            create sequence sessions.tries;
            create function sessions.no_room() returns trigger language plpgsql as $$
                begin perform nextval('sessions.tries'); raise exception 'No space left on device' using errcode = 'disk_full'; end $$;
            create trigger no_room before insert on sessions.log execute function sessions.no_room();
            """);

        for (var send = 0; send < 3; send++)
        {
            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _driver.DoAsync(Key($"none{send}"), Commands.Create()));
            Assert.Contains("No space left on device", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, await _database.RunAsync<long>("select last_value from sessions.tries"));
        await _database.RunAsync("drop trigger no_room on sessions.log");
        await _driver.DoAsync(Key("some"), Commands.Create(title: "some"));
        Assert.Equal("some", (await _driver.StateAsync(Key("some"))).Title);
    }

    [Theory]
    [InlineData("1 2 3", "L L L")]
    [InlineData("1 2 2 1 3", "L L R R L")]
    [InlineData("2 1 2", "O1 L L")]
    [InlineData("0 1 2 4 3", "L L L O3 L")]
    [InlineData("- 1 - 2 -", "L L L L L")]
    [InlineData("1 h 2 h 5 h", "L L L L O3 L")]
    [InlineData("h h 7 h", "L L O1 L")]
    [InlineData("1 x 2", "L X L")]
    public async Task The_fence_judges_a_batch_as_it_judges_one_after_the_other(string batches, string verdicts)
    {
        var run = await _driver.RunningAsync(Key(), "r1");
        var results = await TogetherAsync(batches.Split(' ').Select(batch => new Func<Task<OutputResult>>(() => batch switch
        {
            "h" => _driver.OutputAsync(Key(), run, null),
            "-" => _driver.OutputAsync(Key(), run, null, new RunDelta(run.Id, "-")),
            "x" => _driver.OutputAsync(Key(), run with { Epoch = run.Epoch + 1 }, null, new RunDelta(run.Id, "x")),
            _ => _driver.OutputAsync(Key(), run, long.Parse(batch, null), new RunDelta(run.Id, batch), new RunNotice(run.Id, batch)),
        })));

        Assert.Equal(verdicts, string.Join(' ', results.Select(Letter)));
        await LogReplay.AgreesAsync(_store, Key());
        var landed = results.OfType<OutputResult.Landed>().ToArray();
        Assert.Equal(landed.SelectMany(result => result.Records), (await _driver.LogAsync(Key())).Skip(3));
        Assert.Equal(landed[^1].Lease, (await _driver.StateAsync(Key())).Lease);
        Assert.Equal(landed.Length, landed[^1].Lease.Beats);
    }

    [Fact]
    public async Task One_write_that_can_not_be_stored_does_not_fail_the_others()
    {
        var run = await _driver.RunningAsync(Key(), "r1");
        var sends = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => _driver.DecideAsync(Key($"s{n}"), Commands.Send("r1"))));

        // Ids are never such, so nothing escapes them.
        sends[7] = Renamed(sends[7], "r\0");
        sends[23] = Renamed(sends[23], "r\uD800");
        var writes = sends.Select(write => new Func<Task<Exception?>>(
            () => Record.ExceptionAsync(async () => Assert.IsType<DecisionResult.Committed>(await _store.AppendAsync(write, default)))));
        var output = new Func<Task<Exception?>>(() => Record.ExceptionAsync(() => _driver.SayAsync(Key(), run, "x")));

        var failed = await TogetherAsync(writes.Append(output));

        Assert.Equal([7, 23], failed.Select((exception, n) => (exception, n)).Where(pair => pair.exception is not null).Select(pair => pair.n));
        Assert.Equal(SessionExistence.None, (await _driver.StateAsync(Key("s7"))).Existence);
        Assert.Single(await _store.ListRunsAsync(Key("s8"), null, 10, default));
    }

    [Fact]
    public async Task A_full_queue_refuses_as_busy_after_a_bounded_wait()
    {
        var options = new PostgresOptions { Writers = 1, QueueCapacity = 4, BatchSize = 1, QueueWait = TimeSpan.FromMilliseconds(200) };
        var store = _database.Store(options);
        var run = await _driver.RunningAsync(Key(), "r1");
        await using var blocker = await _database.Database.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("select from sessions.sessions where session = 's' for update", blocker, transaction))
            await hold.ExecuteNonQueryAsync();

        var driver = new StoreDriver(store, Ttl);
        var waiting = Enumerable.Range(0, 20).Select(_ => Record.ExceptionAsync(() => driver.SayAsync(Key(), run, "x"))).ToArray();

        // One is in the commit that is held up, and four are behind it; which ones is up to the scheduler.
        await Eventually.HoldsAsync(
            () => Task.FromResult(waiting.Count(task => task.IsCompleted)), refused => refused >= 14, "all but those in the queue are refused");
        await transaction.RollbackAsync();

        var outcomes = await Task.WhenAll(waiting);
        Assert.All(outcomes.OfType<Exception>(), exception => Assert.True(Assert.IsType<StoreUnavailableException>(exception).Busy));
        Assert.InRange(outcomes.Count(exception => exception is null), 4, 6);
        await driver.SayAsync(Key(), run, "y");
    }

    [Fact]
    public async Task A_write_whose_caller_left_before_its_commit_is_not_made()
    {
        var run = await _driver.RunningAsync(Key(), "r1");
        await using var blocker = await _database.Database.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("select from sessions.sessions where session = 's' for update", blocker, transaction))
            await hold.ExecuteNonQueryAsync();

        using var leaving = new CancellationTokenSource();
        var written = _driver.SayAsync(Key(), run, "a");
        await Eventually.HoldsAsync(
            () => _database.RunAsync<long>("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%commit_batch%'"),
            waiting => waiting == 1, "the commit waits for the lock");
        var left = _store.AppendOutputAsync(
            new OutputWrite(Key(), run.Id, run.Epoch, null, [new RunDelta(run.Id, "b")], Ttl), leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await transaction.RollbackAsync();

        await written;
        await _driver.SayAsync(Key(), run, "c");
        Assert.Equal("ac", Written(await _driver.LogAsync(Key())));
    }

    private static DecisionWrite Renamed(DecisionWrite write, string run) => write with
    {
        Events = [.. write.Events.Select(happened => happened is RunQueued queued ? new RunQueued(queued.Run with { Id = new(run) }) : happened)],
    };

    private static SessionKey Key(string session = "s") => new(new("t"), new(session));

    private static string Written(IEnumerable<LogRecord> log) =>
        string.Concat(log.Select(record => (record.Event as OutputEvent)?.Transcript));

    private static string Letter(OutputResult result) => result switch
    {
        OutputResult.Landed => "L",
        OutputResult.Repeated => "R",
        OutputResult.OutOfOrder disorder => $"O{disorder.Expected}",
        _ => "X",
    };

    /// <summary>Starts all, in order, while the writer waits for a lock: what comes behind goes into as few commits as can be.</summary>
    private async Task<T[]> TogetherAsync<T>(IEnumerable<Func<Task<T>>> writes)
    {
        var plug = Key("plug");
        await _driver.DoAsync(plug, Commands.Create());
        var update = await _driver.DecideAsync(plug, new UpdateSession("plugged", null));
        await using var blocker = await _database.Database.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("select from sessions.sessions where session = 'plug' for update", blocker, transaction))
            await hold.ExecuteNonQueryAsync();

        var plugged = _store.AppendAsync(update, default).AsTask();
        await Eventually.HoldsAsync(
            () => _database.RunAsync<long>("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%commit_batch%'"),
            waiting => waiting == 1, "the commit waits for the lock");
        var started = writes.Select(write => write()).ToArray();
        await transaction.RollbackAsync();
        await plugged;
        return await Task.WhenAll(started);
    }
}
