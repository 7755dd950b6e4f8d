using Npgsql;
using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>Asks for the records of a session behind a seq.</summary>
internal readonly record struct LogRequest(SessionKey Key, long After, int Most);

/// <summary>Reads pieces of logs for any number of askers: with every wake-up there are as many as sessions in it.</summary>
internal static class LogPages
{
    public static async Task<IReadOnlyList<LogRecord>[]> ReadAsync(NpgsqlConnection connection, LogRequest[] requests)
    {
        var pages = Array.ConvertAll(requests, static _ => new List<LogRecord>());
        await connection.EachAsync(
            "read_logs",
            parameters => parameters
                .Texts(Array.ConvertAll(requests, static request => request.Key.Tenant.Value))
                .Texts(Array.ConvertAll(requests, static request => request.Key.Session.Value))
                .Numbers(Array.ConvertAll(requests, static request => request.After))
                .Numbers(Array.ConvertAll(requests, static request => (long)request.Most)),
            reader =>
            {
                var place = (int)reader.GetInt64(0) - 1;
                pages[place].Add(Record(requests[place].Key, reader));
            },
            default).ConfigureAwait(false);
        return pages;
    }

    private static LogRecord Record(SessionKey key, NpgsqlDataReader reader)
    {
        var row = new RowReader(reader, 1);
        var (seq, version, at) = (row.Value<long>(), row.Value<long>(), row.Value<DateTimeOffset>());
        var stored = new LogRow((LogKind)row.Value<short>(), row.Id(), row.Id(), row.Id());
        return new LogRecord(seq, version, at, stored.Event(key, seq, version, at, RunRow.Read(ref row)));
    }
}
