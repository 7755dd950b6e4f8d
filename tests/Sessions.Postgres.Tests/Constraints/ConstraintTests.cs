using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>The schema refuses by itself what the kernel would never write.</summary>
[Collection(OnPostgres.Name)]
public sealed class ConstraintTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    /// <summary>Session <c>s</c>: r1 completed, r2 running with output, r3 queued. Session <c>idle</c>: nothing.</summary>
    public async Task InitializeAsync()
    {
        _database = await postgres.CreateAsync();
        var driver = new StoreDriver(_database.Store(), TimeSpan.FromMinutes(1));
        var key = new SessionKey(new("t"), new("s"));
        await driver.DoAsync(key, Commands.Send("r1", key: "k1"));
        await driver.DoAsync(key, Commands.Complete(await driver.StartAsync(key), "done"));
        await driver.SayAsync(key, await driver.RunningAsync(key, "r2"), "text");
        await driver.DoAsync(key, Commands.Send("r3", key: "k3"));
        await driver.DoAsync(key, Commands.Abort(key: "k4"));
        await driver.DoAsync(new(new("t"), new("idle")), Commands.Create());
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("update sessions.runs set status = 1, worker = 'w', epoch = 9, attempt = 1, started_at = now(), deadline = now() where run = 'r3'", "runs_running")]
    [InlineData("update sessions.runs set output = 'changed' where run = 'r1'", "runs_terminal")]
    [InlineData("update sessions.runs set status = 3, error_code = 'x', error_message = 'x' where run = 'r1'", "runs_terminal")]
    [InlineData("delete from sessions.runs where run = 'r1'", "runs_terminal")]
    [InlineData("update sessions.runs set status = 2, output = 'x' where run = 'r2'", "runs_ended")]
    [InlineData("update sessions.runs set status = 2, ended_at = now(), ended_seq = 99 where run = 'r2'", "runs_output")]
    [InlineData("update sessions.runs set status = 3, ended_at = now(), ended_seq = 99 where run = 'r2'", "runs_error")]
    [InlineData("update sessions.runs set status = 4, ended_at = now(), ended_seq = 99 where run = 'r2'", "runs_abort")]
    [InlineData("update sessions.sessions set active_worker = null where session = 's'", "sessions_active_is_whole")]
    [InlineData("update sessions.runs set queued_seq = 2 where run = 'r3'", "runs_queued")]
    [InlineData("update sessions.log set text = 'changed'", "log_grows")]
    [InlineData("delete from sessions.log", "log_grows")]
    [InlineData("insert into sessions.log select (l).* from (select l from sessions.log l limit 1) x", "log_key")]
    [InlineData("insert into sessions.keys select session, key, 'r3', 'f', null from sessions.keys where key = 'k1'", "keys_key")]
    [InlineData("insert into sessions.keys select session, 'k9', 'r1', 'f', null from sessions.keys where key = 'k1'", "keys_run")]
    [InlineData("update sessions.keys set run = 'r8' where key = 'k1'", "keys_fixed")]
    [InlineData("delete from sessions.keys where key = 'k1'", "keys_fixed")]
    [InlineData("update sessions.keys set run = 'r9', fingerprint = 'f' where key = 'k4'", "keys_meaning")]
    [InlineData("update sessions.sessions set last_seq = last_seq - 1 where session = 's'", "sessions_grow")]
    [InlineData("update sessions.sessions set version = version - 1 where session = 's'", "sessions_grow")]
    [InlineData("update sessions.sessions set version = version + 3, last_seq = last_seq + 3 where session = 's'", "sessions_grow")]
    [InlineData("update sessions.sessions set epoch = 0 where session = 's'", "sessions_grow")]
    [InlineData("update sessions.sessions set active_run = null where session = 's'", "sessions_")]
    [InlineData("update sessions.sessions set lease_expires_at = null where session = 's'", "sessions_active_has_lease")]
    [InlineData("update sessions.sessions set due_at = null where session = 's'", "sessions_due")]
    [InlineData("update sessions.sessions set status = 2 where session = 'idle'", "sessions_status")]
    [InlineData("update sessions.sessions set ready_agent = 'echo', ready_at = now() where session = 's'", "sessions_ready")]
    [InlineData("update sessions.sessions set deleted = true where session = 's'", "sessions_deleted_rests")]
    [InlineData("update sessions.sessions set binding_agent = null where session = 's'", "sessions_binding")]
    [InlineData("update sessions.sessions set version = 9 where session = 'idle'", "sessions_")]
    [InlineData("insert into sessions.sessions select (s).* from (select s from sessions.sessions s limit 1) x", null)]
    public async Task It_refuses(string sql, string? constraint)
    {
        if (constraint is null)
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _database.RunAsync(sql));
        else
            Assert.StartsWith(constraint, await _database.RefusedAsync(sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invariant_16_a_deleted_session_takes_no_decision()
    {
        await new StoreDriver(_database.Store(), default).DoAsync(new(new("t"), new("idle")), new DeleteSession());

        Assert.Equal("sessions_grow", await _database.RefusedAsync(
            "update sessions.sessions set version = version + 1, last_seq = last_seq + 1 where session = 'idle'"));
    }

    [Fact]
    public async Task Output_writes_touch_no_index()
    {
        var key = new SessionKey(new("t"), new("s"));
        var store = _database.Store();
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        var run = (await driver.StateAsync(key)).Active!;
        for (var n = 0; n < 50; n++)
            await driver.SayAsync(key, run, "x");

        var hot = await _database.CountedAsync(
            store,
            "select n_tup_upd || ' ' || n_tup_hot_upd from pg_stat_user_tables where schemaname = 'sessions' and relname = 'sessions'",
            seen => int.Parse(seen.Split(' ')[0], null) >= 50);
        var counts = hot.Split(' ').Select(count => int.Parse(count, null)).ToArray();
        Assert.InRange(counts[0] - counts[1], 0, 10);
    }
}
