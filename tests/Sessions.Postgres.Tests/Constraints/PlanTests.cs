using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>
/// Plans are made once per connection, often before there are statistics: then an index that merely begins with the tenant
/// looks as good as the key.
/// </summary>
[Collection(OnPostgres.Name)]
public sealed class PlanTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Whatever_is_about_one_session_finds_it_by_its_key_without_statistics()
    {
        await using var database = await postgres.CreateAsync();
        await database.RunAsync("alter table sessions.sessions set (autovacuum_enabled = off)");
        var store = database.Store();
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        for (var n = 0; n < 20; n++)
        {
            var key = new SessionKey(new("t"), new($"s{n}"));
            var run = await driver.RunningAsync(key, "r1");
            await driver.SayAsync(key, run, "text");
            await driver.DoAsync(key, Commands.Complete(run, "done"));
            await store.ReadLogAsync(key, 0, 10, default);
            await store.ReadRunAsync(key, run.Id, default);
            await store.ListMessagesAsync(key, 0, 10, default);
            await store.LoadAsync(key, "k", null, default);
        }

        var scans = await database.CountedAsync(
            store,
            "select string_agg(indexrelname || ' ' || idx_scan, ', ' order by indexrelname) from pg_stat_user_indexes where schemaname = 'sessions' and relname = 'sessions' and idx_scan > 0",
            seen => seen.Contains("sessions_key", StringComparison.Ordinal));

        Assert.Matches("^sessions_key [0-9]+$", scans);
    }
}
