using System.Globalization;
using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>
/// Plans are made once per connection, often before there are statistics, or while they say that a table is empty: then an
/// index that merely begins like a key looks as good as the key, and reading the whole table as good as both.
/// </summary>
[Collection(OnPostgres.Name)]
public sealed class PlanTests(PostgresFixture postgres)
{
    private const int Rounds = 100;

    /// <summary>How many rows a round may read of a table. A statement that went through a table of theirs would read dozens, each time.</summary>
    private const int Most = 60;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_about_one_session_or_run_finds_it_by_its_key(bool seenEmpty)
    {
        await using var database = await postgres.CreateAsync();
        foreach (var table in (string[])["sessions", "runs", "keys", "log"])
        {
            await database.RunAsync($"alter table sessions.{table} set (autovacuum_enabled = off)");
            if (seenEmpty)
                await database.RunAsync($"analyze sessions.{table}");
        }

        var store = database.Store(new PostgresOptions { Writers = 1, Loaders = 1 });
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        for (var round = 0; round < Rounds; round++)
        {
            await LiveAsync(store, driver, Key("long"), round);
            await LiveAsync(store, driver, Key($"s{round}"), round);
        }

        var reads = await database.CountedAsync(
            store,
            """
            select string_agg(relname || ' ' || seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), ', ' order by relname)
            from pg_stat_user_tables t where schemaname = 'sessions' and relname in ('sessions', 'runs', 'keys', 'log')
            """,
            seen => Counts(seen).All(reads => reads >= Rounds));

        Assert.True(Counts(reads).All(count => count <= Rounds * Most), $"rows read in {Rounds} rounds: {reads}");
    }

    private static IEnumerable<long> Counts(string seen) => seen.Split(", ").Select(count => long.Parse(count.Split(' ')[1], CultureInfo.InvariantCulture));

    private static SessionKey Key(string session) => new(new("t"), new(session));

    /// <summary>A run from its message to its end, and everybody who looks at it. Only the last few messages and runs are.</summary>
    private static async Task LiveAsync(PostgresStore store, StoreDriver driver, SessionKey key, int round)
    {
        var id = new RunId($"r{round}");
        var last = (await driver.DoAsync(key, Commands.Send(id.Value, key: $"k{round}"))).State.LastSeq;
        await store.FindReadyAsync(key.Tenant, Commands.Agents.Names, 1, default);
        var run = await driver.StartAsync(key);
        await driver.SayAsync(key, run, "text");
        await driver.DoAsync(key, Commands.Complete(run, null));
        await store.ReadLogAsync(key, last, 10, default);
        await store.ReadRunAsync(key, id, default);
        await store.ListRunsAsync(key, null, 2, default);
        await store.ListMessagesAsync(key, last - 1, 2, default);
        await store.LoadAsync(key, $"k{round}", id, default);
        await store.ReadSessionsAsync(key.Tenant, [key.Session], default);
        await store.ReadLastSeqsAsync([key], default);
        await store.FindDueAsync(1, default);
    }
}
