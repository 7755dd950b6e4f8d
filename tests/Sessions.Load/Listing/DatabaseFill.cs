using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Sessions.Load;

/// <summary>Fills a database with copies of the templates: sessions, runs and logs, all constraints and indexes in place.</summary>
internal static class DatabaseFill
{
    private const int Chunk = 50_000;
    private const int Connections = 2;

    /// <summary>What a copy has for itself. Changes are spread over the weeks before now; nothing is due before tomorrow.</summary>
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["session"] = "'s' || n",
        ["changed_at"] = "now() - n * interval '3 seconds'",
        ["updated_at"] = "now() - n * interval '3 seconds'",
        ["ready_at"] = "case when t.ready_at is not null then now() - n * interval '3 seconds' end",
        ["deadline"] = "case when t.deadline is not null then now() + interval '1 day' end",
        ["queue_due_at"] = "case when t.queue_due_at is not null then now() + interval '1 day' end",
        ["due_at"] = "case when t.due_at is not null then now() + interval '1 day' end",
        ["lease_expires_at"] = "case when t.lease_expires_at is not null then now() + interval '1 day' end",
    };

    /// <summary>Fills it.</summary>
    /// <returns>How long that took.</returns>
    public static async Task<TimeSpan> RunAsync(string connectionString, int sessions, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        await using var source = NpgsqlDataSource.Create(connectionString);
        var statement = await StatementAsync(source, cancellationToken);
        var chunks = Enumerable.Range(0, (sessions + Chunk - 1) / Chunk);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(chunks, options, async (chunk, cancellation) =>
        {
            await using var command = source.CreateCommand(statement);
            command.CommandTimeout = 0;
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = chunk * Chunk });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Math.Min(sessions, (chunk + 1) * Chunk) - 1 });
            await command.ExecuteNonQueryAsync(cancellation);
        });
        return Stopwatch.GetElapsedTime(from);
    }

    private static async Task<string> StatementAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var session = await ColumnsAsync(source, "sessions", "id", cancellationToken);
        var run = await ColumnsAsync(source, "runs", "session", cancellationToken);
        var log = await ColumnsAsync(source, "log", "session", cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"""
            with numbers as materialized (
                select n, {SessionTemplates.KindOfN} as kind from generate_series($1, $2) n),
            templates as materialized (
                select * from sessions.sessions where tenant = '{SessionTemplates.Tenant}' and session like 't-%'),
            copies as (
                insert into sessions.sessions ({Names(session)})
                select {string.Join(", ", session.Select(column => Own.GetValueOrDefault(column, $"t.{column}")))}
                from numbers join templates t on t.session = numbers.kind
                returning id, session),
            pairs as materialized (
                select c.id, t.id as template
                from copies c join numbers on c.session = 's' || n join templates t on t.session = numbers.kind),
            run_copies as (
                insert into sessions.runs (session, {Names(run)})
                select p.id, {string.Join(", ", run.Select(column => $"r.{column}"))}
                from pairs p join sessions.runs r on r.session = p.template)
            insert into sessions.log (session, {Names(log)})
            select p.id, {string.Join(", ", log.Select(column => $"l.{column}"))}
            from pairs p join sessions.log l on l.session = p.template
            """);
    }

    private static async Task<List<string>> ColumnsAsync(
        NpgsqlDataSource source, string table, string except, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "select column_name::text from information_schema.columns where table_schema = 'sessions' and table_name = $1 and column_name <> $2 order by ordinal_position");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = except });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            columns.Add(reader.GetString(0));

        return columns;
    }

    private static string Names(List<string> columns) => string.Join(", ", columns);
}
