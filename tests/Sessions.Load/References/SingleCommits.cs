using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Sessions.Load;

/// <summary>
/// One fenced row update and one log insert per transaction, prepared, in one round trip: the least that a durable
/// decision costs when each is committed by itself.
/// </summary>
internal static class SingleCommits
{
    private const string Update = "update sessions set version = version + 1, last_seq = last_seq + 1, status = 2, updated_at = now() where id = $1 and version = $2";
    private const string Insert = "insert into log (session, seq, version, at, kind, run, data) values ($1, $2, $2, now(), 10, 'r0-0', $3)";

    /// <summary>Commits for a while.</summary>
    /// <returns>Transactions per second, and how long each took.</returns>
    public static async Task<ReferenceRound> RunAsync(
        ReferenceDatabase database, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(CommitAsync(connection), cancellationToken)));
        return new ReferenceRound(done.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds, latencies.Summarize());

        Func<Task<long>> CommitAsync(int number) => async () =>
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            var session = new NpgsqlParameter<long>();
            var version = new NpgsqlParameter<long>();
            var key = new NpgsqlParameter<long>();
            var seq = new NpgsqlParameter<long>();
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Update) { Parameters = { session, version } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
            {
                Parameters = { key, seq, new NpgsqlParameter<string> { TypedValue = ReferenceDatabase.Data, NpgsqlDbType = NpgsqlDbType.Text } },
            });
            await batch.PrepareAsync(cancellationToken);
            var commits = 0L;
            for (long at = number; Stopwatch.GetElapsedTime(from) < time; at = (at + connections) % ReferenceDatabase.Sessions)
            {
                var before = database.VersionOf(at);
                (session.TypedValue, version.TypedValue, key.TypedValue, seq.TypedValue) = (at, before, at, before + 1);
                var sent = Stopwatch.GetTimestamp();
                var rows = await batch.ExecuteNonQueryAsync(cancellationToken);
                latencies.Since(sent);
                if (rows != 2)
                    throw new InvalidDataException($"reference: the commit on session {at} changed {rows} rows.");

                database.VersionOf(at)++;
                commits++;
            }

            return commits;
        };
    }
}

/// <summary>What a reference did.</summary>
/// <param name="PerSecond">How much a second.</param>
/// <param name="Latency">How long each transaction took.</param>
internal sealed record ReferenceRound(double PerSecond, LatencySummary Latency);
