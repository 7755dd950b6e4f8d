using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Sessions.Load;

/// <summary>
/// One fenced row update and one log insert per transaction, prepared: the least that a durable decision costs when each is
/// committed by itself.
/// </summary>
internal static class SingleCommits
{
    private const string Update = "update sessions set version = version + 1, last_seq = last_seq + 1, status = 2, updated_at = now() where id = $1 and version = $2";
    private const string Insert = "insert into log (session, seq, version, at, kind, run, data) values ($1, $2, $2, now(), 10, 'r0-0', $3)";

    /// <summary>Carries out the decision on a session at a version, and tells how many rows that changed.</summary>
    private delegate Task<int> Commit(long session, long version);

    /// <summary>Commits for a while.</summary>
    /// <param name="database">The database.</param>
    /// <param name="connections">How many at the same time.</param>
    /// <param name="stepwise">
    /// True: a statement after the other, the second one when the fence has held, then the commit, as pgbench and most programs do. False: all of it in
    /// one round trip, fence or not.
    /// </param>
    /// <param name="time">How long.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Transactions per second, and how long each took.</returns>
    public static async Task<ReferenceRound> RunAsync(
        ReferenceDatabase database, int connections, bool stepwise, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(CommitAsync(connection), cancellationToken)));
        return new ReferenceRound(done.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds, latencies.Summarize());

        Func<Task<long>> CommitAsync(int number) => async () =>
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            var commit = stepwise ? await StepwiseAsync(connection, cancellationToken) : await AtOnceAsync(connection, cancellationToken);
            var commits = 0L;
            for (long at = number; Stopwatch.GetElapsedTime(from) < time; at = (at + connections) % ReferenceDatabase.Sessions)
            {
                var sent = Stopwatch.GetTimestamp();
                var rows = await commit(at, database.VersionOf(at));
                latencies.Since(sent);
                if (rows != 2)
                    throw new InvalidDataException($"reference: the commit on session {at} changed {rows} rows.");

                database.VersionOf(at)++;
                commits++;
            }

            return commits;
        };
    }

    private static async Task<Commit> AtOnceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (fence, row) = (new Numbers(), new Numbers());
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Update) { Parameters = { fence.Session, fence.Number } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert) { Parameters = { row.Session, row.Number, Data() } });
        await batch.PrepareAsync(cancellationToken);
        return (session, version) =>
        {
            fence.Set(session, version);
            row.Set(session, version + 1);
            return batch.ExecuteNonQueryAsync(cancellationToken);
        };
    }

    private static async Task<Commit> StepwiseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (fence, row) = (new Numbers(), new Numbers());
        var update = new NpgsqlCommand(Update, connection) { Parameters = { fence.Session, fence.Number } };
        var insert = new NpgsqlCommand(Insert, connection) { Parameters = { row.Session, row.Number, Data() } };
        await update.PrepareAsync(cancellationToken);
        await insert.PrepareAsync(cancellationToken);
        return async (session, version) =>
        {
            fence.Set(session, version);
            row.Set(session, version + 1);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await update.ExecuteNonQueryAsync(cancellationToken) != 1)
                return 0;

            var inserted = await insert.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return 1 + inserted;
        };
    }

    private static NpgsqlParameter<string> Data() => new() { TypedValue = ReferenceDatabase.Data, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>A session, and a version or seq of it.</summary>
    private sealed class Numbers
    {
        public NpgsqlParameter<long> Session { get; } = new();

        public NpgsqlParameter<long> Number { get; } = new();

        public void Set(long session, long number) => (Session.TypedValue, Number.TypedValue) = (session, number);
    }
}

/// <summary>What a reference did.</summary>
/// <param name="PerSecond">How much a second.</param>
/// <param name="Latency">How long each transaction took.</param>
internal sealed record ReferenceRound(double PerSecond, LatencySummary Latency);
