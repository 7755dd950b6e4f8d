using System.Diagnostics;
using Npgsql;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>Asks for first pages, one after another for a while: by raw SQL, from the store, or over HTTP.</summary>
internal sealed class ListProbe(NpgsqlDataSource raw, ISessionStore store, HttpConnection http, TimeSpan time)
{
    public Task<LatencySummary> RawAsync(bool? active, CancellationToken cancellationToken)
    {
        var which = active == true ? "status in (1, 2)" : "not deleted";
        var sql = $"select * from sessions.sessions where tenant = '{SessionTemplates.Tenant}' and {which} order by changed_at desc, session desc limit 51";
        return RepeatAsync(async () =>
        {
            await using var connection = await raw.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var values = new object[reader.FieldCount];
            while (await reader.ReadAsync(cancellationToken))
                reader.GetValues(values);
        });
    }

    public Task<LatencySummary> StoreAsync(bool? active, CancellationToken cancellationToken) =>
        RepeatAsync(async () => await store.ListSessionsAsync(ListAudit.Query(active), cancellationToken));

    public Task<LatencySummary> HttpAsync(bool? active, CancellationToken cancellationToken)
    {
        var path = active == true ? "/v1/sessions?limit=50&active=true" : "/v1/sessions?limit=50";
        return RepeatAsync(async () => (await http.GetAsync(path, cancellationToken)).Expect(200, "list"));
    }

    private async Task<LatencySummary> RepeatAsync(Func<Task> ask)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        do
        {
            var asked = Stopwatch.GetTimestamp();
            await ask();
            latencies.Since(asked);
        }
        while (Stopwatch.GetElapsedTime(from) < time);

        return latencies.Summarize();
    }
}
