using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Reads sessions for everybody who waits, in one round trip: the latency of one read, the throughput of many. Every read
/// begins after it was asked for, so it shows whatever the asker has been told of (invariant 1).
/// </summary>
internal sealed class GroupLoader : IAsyncDisposable
{
    private const int BatchSize = 128;

    private readonly Channel<LoadRequest> _waiting = Channel.CreateBounded<LoadRequest>(4096);
    private readonly ReadRetry _database;
    private readonly Task[] _loaders;

    public GroupLoader(ReadRetry database, int loaders)
    {
        _database = database;
        _loaders = [.. Enumerable.Range(0, loaders).Select(_ => Task.Run(RunAsync))];
    }

    public async ValueTask<LoadedSession> LoadAsync(
        SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken)
    {
        var request = new LoadRequest(key, idempotencyKey, run);
        await _waiting.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        return await request.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_loaders).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var batch = new List<LoadRequest>(BatchSize);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var request))
                batch.Add(request);

            if (batch.Count == 0)
                continue;

            await LoadAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private async Task LoadAsync(List<LoadRequest> batch)
    {
        try
        {
            var rows = await _database.ReadAsync(connection => LoadAsync(connection, batch), default).ConfigureAwait(false);
            for (var at = 0; at < batch.Count; at++)
                batch[at].TrySetResult(rows[at].Result());
        }
        catch (Exception exception) when (batch.Count > 1 && exception is not StoreUnavailableException)
        {
            // One of them can't be asked for. It must not take the others with it.
            foreach (var request in batch)
                await LoadAsync([request]).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var request in batch)
                request.TrySetException(exception);
        }
    }

    private static async Task<LoadedRows[]> LoadAsync(NpgsqlConnection connection, List<LoadRequest> batch)
    {
        var command = new NpgsqlCommand(Statements.Named("load"), connection);
        await using (command.ConfigureAwait(false))
        {
            Add(command, batch, static request => request.Key.Tenant.Value);
            Add(command, batch, static request => request.Key.Session.Value);
            Add(command, batch, static request => StoredText.Of(request.IdempotencyKey));
            Add(command, batch, static request => request.Run?.Value);
            var rows = batch.Select(request => new LoadedRows(request)).ToArray();
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    rows[(int)reader.GetInt64(0) - 1].Add(reader);
            }

            return rows;
        }
    }

    private static void Add(NpgsqlCommand command, List<LoadRequest> batch, Func<LoadRequest, string?> value)
    {
        var values = new string?[batch.Count];
        for (var at = 0; at < values.Length; at++)
            values[at] = value(batch[at]);

        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
    }
}
