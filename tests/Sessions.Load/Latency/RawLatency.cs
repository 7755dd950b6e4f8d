using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Sessions.Load;

/// <summary>What the database alone takes: to commit a row, and to tell another connection of it.</summary>
internal sealed class RawLatency(ReferenceDatabase database)
{
    private const string Insert =
        "insert into log (session, seq, version, at, kind, run, text) values ($1, $2, 2, now(), 1, 'r0-0', 'a handful of words')";

    private const string Notify = "select pg_notify('deltas', $1)";
    private const int Writers = 4;

    private long _sessions;

    /// <summary>How many rows were committed.</summary>
    public long Rows { get; private set; }

    /// <summary>One committed row after another, on one connection.</summary>
    public async Task<LatencySummary> CommitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Insert, connection);
        var seq = new NpgsqlParameter<long>();
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _sessions++ });
        command.Parameters.Add(seq);
        await command.PrepareAsync(cancellationToken);
        var from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from) < time)
        {
            seq.TypedValue++;
            var sent = Stopwatch.GetTimestamp();
            await command.ExecuteNonQueryAsync(cancellationToken);
            latencies.Since(sent);
        }

        Rows += seq.TypedValue;
        return latencies.Summarize();
    }

    /// <summary>Rows at a pace, each with a notification in its transaction, until another connection has it.</summary>
    public async Task<LatencySummary> NotifyAsync(int rate, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        await using var listener = await database.Source.OpenConnectionAsync(cancellationToken);
        var heard = 0L;
        listener.Notification += (_, notification) =>
        {
            latencies.Since(long.Parse(notification.Payload, CultureInfo.InvariantCulture));
            heard++;
        };
        await using (var listen = new NpgsqlCommand("listen deltas", listener))
            await listen.ExecuteNonQueryAsync(cancellationToken);

        var written = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(_sessions + writer, (double)rate / Writers, time, cancellationToken))));
        while (!written.IsCompleted || heard < (await written).Sum())
            await listener.WaitAsync(TimeSpan.FromMilliseconds(100), cancellationToken);

        _sessions += Writers;
        Rows += heard;
        return latencies.Summarize();
    }

    private async Task<long> WriteAsync(long session, double rate, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var seq = new NpgsqlParameter<long>();
        var payload = new NpgsqlParameter<string>();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert) { Parameters = { new NpgsqlParameter<long> { TypedValue = session }, seq } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Notify) { Parameters = { payload } });
        payload.TypedValue = "";
        await batch.PrepareAsync(cancellationToken);
        var from = Stopwatch.GetTimestamp();
        while (seq.TypedValue / rate < time.TotalSeconds && Stopwatch.GetElapsedTime(from) < time)
        {
            var wait = (seq.TypedValue / rate) - Stopwatch.GetElapsedTime(from).TotalSeconds;
            if (wait > 0)
                await Task.Delay(TimeSpan.FromSeconds(wait), cancellationToken);

            seq.TypedValue++;
            payload.TypedValue = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return seq.TypedValue;
    }
}
