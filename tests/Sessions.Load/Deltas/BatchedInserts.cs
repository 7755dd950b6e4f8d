using System.Diagnostics;
using Npgsql;

namespace Sessions.Load;

/// <summary>Bare inserts of 50 log rows a transaction, prepared, by <c>unnest</c>: what deltas would cost if nothing fenced them.</summary>
internal static class BatchedInserts
{
    private const int Size = 50;
    private const string Text = "1234 a handful of words ";
    private const string Insert = """
        insert into log (session, seq, version, at, kind, run, text, data)
        select l.session, l.seq, 2, l.at, l.kind, l.run, l.text, null
        from unnest($1, $2, $3, $4, $5, $6) l (session, seq, at, kind, run, text)
        """;

    /// <summary>Inserts for a while.</summary>
    /// <param name="database">The tables.</param>
    /// <param name="first">The first session of these; every connection has one of its own, which no other call has.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="time">How long.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Rows per second, how long each transaction took, and how many rows there are now.</returns>
    public static async Task<(ReferenceRound Round, long Rows)> RunAsync(
        ReferenceDatabase database, long first, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        var rows = await Task.WhenAll(Enumerable.Range(0, connections).Select(
            number => Task.Run(() => InsertAsync(database, first + number, latencies, from, time, cancellationToken))));
        return (new ReferenceRound(rows.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds, latencies.Summarize()), rows.Sum());
    }

    private static async Task<long> InsertAsync(
        ReferenceDatabase database, long session, Latencies latencies, long from, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Insert, connection);
        var seqs = new long[Size];
        command.Parameters.Add(Filled(session));
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = seqs });
        command.Parameters.Add(Filled(DateTime.UnixEpoch));
        command.Parameters.Add(Filled((short)1));
        command.Parameters.Add(Filled("r0-0"));
        command.Parameters.Add(Filled(Text));
        await command.PrepareAsync(cancellationToken);
        var rows = 0L;
        while (Stopwatch.GetElapsedTime(from) < time)
        {
            for (var at = 0; at < Size; at++)
                seqs[at] = rows + at + 1;

            var sent = Stopwatch.GetTimestamp();
            if (await command.ExecuteNonQueryAsync(cancellationToken) != Size)
                throw new InvalidDataException("reference: a batch was not inserted as a whole.");

            latencies.Since(sent);
            rows += Size;
        }

        return rows;
    }

    private static NpgsqlParameter<T[]> Filled<T>(T value) => new() { TypedValue = [.. Enumerable.Repeat(value, Size)] };
}
