using System.Globalization;
using Npgsql;

namespace Sessions.Load;

/// <summary>
/// First pages of a full database, before it has any statistics and with them, in turn with raw SQL; and what the sessions
/// that are there cost a replica that has seen none of them.
/// </summary>
internal static class ListScenario
{
    private static readonly string[] Tables = ["sessions", "runs", "log"];

    public static async Task<Report> RunAsync(
        int sessions, TimeSpan time, RoundSettings rounds, string? connectionString, CancellationToken cancellationToken)
    {
        await using var server = await LoadServer.StartAsync(connectionString, cancellationToken);
        var own = await server.CreateDatabaseAsync(cancellationToken);
        await using var replica = await PostgresReplica.StartAsync(own, "load0", cancellationToken);
        await using var web = await ServerProcess.StartAsync(ServeCommand.Real, own, cancellationToken);
        await using var raw = NpgsqlDataSource.Create(own + ";Max Auto Prepare=8;Auto Prepare Min Usages=2");
        using var http = await HttpConnection.ConnectAsync(web.Address, cancellationToken);
        var report = new Report("list", string.Create(
            CultureInfo.InvariantCulture,
            $"{sessions} sessions, pages of 50, one at a time, {time.TotalSeconds} s x {rounds.Count}; {server.Facts}; reference: the same rows by raw SQL"));

        await SessionTemplates.CreateAsync(replica, cancellationToken);
        await WarmAsync(new ListProbe(raw, replica.Store, http, rounds.Warm / 6), cancellationToken);
        await CollectStatisticsAsync(raw, collect: false, cancellationToken);
        var before = await web.SampleAsync(collect: true, cancellationToken);
        report.Add("filled in, s", (await DatabaseFill.RunAsync(own, sessions, cancellationToken)).TotalSeconds);
        report.Add("database, MiB", await NumberAsync(raw, "select pg_database_size(current_database()) / 1048576", cancellationToken));

        var probe = new ListProbe(raw, replica.Store, http, time);
        await MeasureAsync(probe, "", rounds.Count, report, cancellationToken);
        var after = (await web.SampleAsync(collect: true, cancellationToken)).Since(before);
        await CollectStatisticsAsync(raw, collect: true, cancellationToken);
        await MeasureAsync(probe, "analyzed, ", rounds.Count, report, cancellationToken);
        report.Add("replica's heap grew by, KiB", after.Heap / 1024.0);
        report.Add("heap per session, bytes", (double)after.Heap / sessions, target: Target.AtMost(1));
        report.Add("replica's working set grew by, KiB", after.WorkingSet / 1024.0);

        var active = await NumberAsync(raw, "select count(*) from sessions.sessions where status in (1, 2)", cancellationToken);
        report.Fail(await ListAudit.RunAsync(replica.Store, (int)active, cancellationToken));
        return report;
    }

    private static async Task WarmAsync(ListProbe probe, CancellationToken cancellationToken)
    {
        foreach (var active in new bool?[] { true, null })
        {
            await probe.RawAsync(active, cancellationToken);
            await probe.StoreAsync(active, cancellationToken);
            await probe.HttpAsync(active, cancellationToken);
        }
    }

    private static async Task MeasureAsync(ListProbe probe, string name, int rounds, Report report, CancellationToken cancellationToken)
    {
        foreach (var active in new bool?[] { true, null })
        {
            var (raw, store, http) = (new List<LatencySummary>(), new List<LatencySummary>(), new List<LatencySummary>());
            for (var round = 0; round < rounds; round++)
            {
                raw.Add(await probe.RawAsync(active, cancellationToken));
                store.Add(await probe.StoreAsync(active, cancellationToken));
                http.Add(await probe.HttpAsync(active, cancellationToken));
            }

            var list = $"{name}{(active == true ? "active" : "first page")}";
            Add($"{list}, store", store, raw);
            Add($"{list}, HTTP", http, raw);
        }

        void Add(string list, List<LatencySummary> asked, List<LatencySummary> raw)
        {
            report.Add($"{list} p50, ms", Median.Of(asked, latency => latency.P50), Median.Of(raw, latency => latency.P50), ratio: true);
            report.Add(
                $"{list} p99, ms", Median.Of(asked, latency => latency.P99), Median.Of(raw, latency => latency.P99), ratio: true, Target.AtMost(20));
        }
    }

    /// <summary>Collects statistics now; or has the server collect none by itself, so that there are none.</summary>
    private static async Task CollectStatisticsAsync(NpgsqlDataSource source, bool collect, CancellationToken cancellationToken)
    {
        foreach (var table in Tables)
        {
            await using var command = source.CreateCommand(collect
                ? $"alter table sessions.{table} reset (autovacuum_enabled); analyze sessions.{table}"
                : $"alter table sessions.{table} set (autovacuum_enabled = false)");
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<long> NumberAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
