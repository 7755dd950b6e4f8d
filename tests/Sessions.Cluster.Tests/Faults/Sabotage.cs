using Npgsql;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Takes a rule out of a private database, and every constraint that would catch it: what is left to notice is the checker.
/// </summary>
internal static class Sabotage
{
    private const string Unconstrained =
        """
        do $$ declare it record;
        begin
            for it in select conrelid::regclass as tab, conname from pg_constraint
                where contype = 'c' and connamespace = 'sessions'::regnamespace and conrelid <> 0
            loop execute format('alter table %s drop constraint %I', it.tab, it.conname); end loop;
            for it in select tgrelid::regclass as tab, tgname from pg_trigger
                where not tgisinternal and tgrelid in (select oid from pg_class where relnamespace = 'sessions'::regnamespace)
            loop execute format('drop trigger %I on %s', it.tgname, it.tab); end loop;
            for it in select indexrelid::regclass as name from pg_index
                where indisunique and not indisprimary and indrelid in (select oid from pg_class where relnamespace = 'sessions'::regnamespace)
            loop execute format('drop index %s', it.name); end loop;
        end $$
        """;

    /// <summary>
    /// Any worker may write to any run, whatever its epoch and whatever became of the run. A session that runs nothing gets no
    /// lease by it: the servers could not even read that.
    /// </summary>
    public static Task EpochFenceAsync(string connectionString) => ReplaceAsync(
        connectionString,
        ("coalesce(f.active_run = k.run and f.epoch = k.epoch, false) as holds", "(f.id is not null) as holds"),
        ("lease_expires_at = v.at + u.ttl,", "lease_expires_at = case when s.active_run is not null then v.at + u.ttl end,"),
        ("lease_batch = case when u.last >= v_from[u.slot] then",
            "lease_batch = case when s.active_run is null then null when u.last >= v_from[u.slot] then"),
        ("has_output = s.has_output or v.landed[u.slot] > 0",
            "has_output = s.active_run is not null and (s.has_output or v.landed[u.slot] > 0)"));

    /// <summary>Any decision is taken for good, whatever happened since the state that it rests on.</summary>
    public static Task VersionFenceAsync(string connectionString) =>
        ReplaceAsync(connectionString, ("s.version = d.version", "s.version >= d.version"));

    /// <summary>Idempotency keys are forgotten.</summary>
    public static Task KeysAsync(string connectionString) => ReplaceAsync(
        connectionString,
        ("from unnest(p_keys) k\n                where v.decided[k.slot] is not null", "from unnest(p_keys) k\n                where false"));

    private static async Task ReplaceAsync(string connectionString, params (string Rule, string Instead)[] changes)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        string text;
        await using (var read = source.CreateCommand(
            "select pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'sessions'::regnamespace and p.proname = 'commit_batch'"))
        {
            text = (string)(await read.ExecuteScalarAsync())!;
        }

        foreach (var (rule, instead) in changes)
        {
            Assert.Contains(rule, text, StringComparison.Ordinal);
            text = text.Replace(rule, instead, StringComparison.Ordinal);
        }

        await using (var unconstrain = source.CreateCommand(Unconstrained))
            await unconstrain.ExecuteNonQueryAsync();

        await using var replace = source.CreateCommand(text);
        await replace.ExecuteNonQueryAsync();
    }
}
