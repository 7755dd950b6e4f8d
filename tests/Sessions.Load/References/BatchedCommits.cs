using System.Diagnostics;
using Npgsql;

namespace Sessions.Load;

/// <summary>The same work as <see cref="SingleCommits"/>, 64 decisions a transaction by <c>unnest</c>: what the database can do.</summary>
internal static class BatchedCommits
{
    private const int Size = 64;
    private const string Commit = """
        with updated as (
            update sessions s set version = s.version + 1, last_seq = s.last_seq + 1, status = 2, updated_at = now()
            from unnest($1, $2) k (id, version)
            where s.id = k.id and s.version = k.version
            returning s.id, s.version)
        insert into log (session, seq, version, at, kind, run, data)
        select id, version, version, now(), 10, 'r0-0', $3 from updated
        """;

    /// <summary>Commits for a while.</summary>
    /// <returns>Decisions per second, and how long each transaction took.</returns>
    public static async Task<ReferenceRound> RunAsync(
        ReferenceDatabase database, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var share = ReferenceDatabase.Sessions / connections;
        var from = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(CommitAsync(connection * share), cancellationToken)));
        return new ReferenceRound(done.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds, latencies.Summarize());

        Func<Task<long>> CommitAsync(int first) => async () =>
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Commit, connection);
            var sessions = new NpgsqlParameter<long[]> { TypedValue = new long[Size] };
            var versions = new NpgsqlParameter<long[]> { TypedValue = new long[Size] };
            command.Parameters.Add(sessions);
            command.Parameters.Add(versions);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ReferenceDatabase.Data });
            await command.PrepareAsync(cancellationToken);
            var commits = 0L;
            for (var at = 0; Stopwatch.GetElapsedTime(from) < time; at = (at + Size) % (share - Size + 1))
            {
                for (var place = 0; place < Size; place++)
                {
                    sessions.TypedValue[place] = first + at + place;
                    versions.TypedValue[place] = database.VersionOf(first + at + place);
                }

                var sent = Stopwatch.GetTimestamp();
                var rows = await command.ExecuteNonQueryAsync(cancellationToken);
                latencies.Since(sent);
                if (rows != Size)
                    throw new InvalidDataException($"reference: a batch of {Size} changed {rows} rows.");

                for (var place = 0; place < Size; place++)
                    database.VersionOf(first + at + place)++;

                commits += Size;
            }

            return commits;
        };
    }
}
