using System.Threading.Channels;
using Npgsql;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Reads for everybody who waits, in one round trip: the latency of one read, the throughput of many. Every read begins
/// after it was asked for, so it shows whatever the asker has been told of (invariant 1).
/// </summary>
internal sealed class GroupReader<TRequest, TResult> : IAsyncDisposable
{
    private readonly Channel<Asker> _waiting = Channel.CreateBounded<Asker>(4096);
    private readonly ReadRetry _database;
    private readonly int _most;
    private readonly Func<NpgsqlConnection, TRequest[], Task<TResult[]>> _read;
    private readonly Task[] _running;

    /// <param name="database">What is read.</param>
    /// <param name="readers">How many reads may be under way at the same time.</param>
    /// <param name="most">How many askers a read is for, at most.</param>
    /// <param name="read">Reads for some askers; the results are in their order.</param>
    public GroupReader(ReadRetry database, int readers, int most, Func<NpgsqlConnection, TRequest[], Task<TResult[]>> read)
    {
        (_database, _most, _read) = (database, most, read);
        _running = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Has something read.</summary>
    public async ValueTask<TResult> ReadAsync(TRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asker = new Asker(request, cancellationToken);
        await _waiting.Writer.WriteAsync(asker, cancellationToken).ConfigureAwait(false);
        return await asker.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what was asked for, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_running).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var askers = new List<Asker>(_most);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (askers.Count < _most && _waiting.Reader.TryRead(out var asker))
            {
                if (!asker.HasLeft)
                    askers.Add(asker);
            }

            if (askers.Count == 0)
                continue;

            await ReadAsync(askers).ConfigureAwait(false);
            askers.Clear();
        }
    }

    private async Task ReadAsync(List<Asker> askers)
    {
        try
        {
            var requests = askers.ConvertAll(asker => asker.Request).ToArray();
            var results = await _database.ReadAsync(connection => _read(connection, requests), default).ConfigureAwait(false);
            for (var at = 0; at < askers.Count; at++)
                askers[at].TrySetResult(results[at]);
        }
        catch (Exception exception) when (askers.Count > 1 && exception is not StoreUnavailableException)
        {
            // One of them can't be asked for. It must not take the others with it.
            foreach (var asker in askers)
                await ReadAsync([asker]).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var asker in askers)
                asker.TrySetException(exception);
        }
    }

    /// <summary>Somebody who waits for what was read.</summary>
    private sealed class Asker(TRequest request, CancellationToken leaving)
        : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TRequest Request => request;

        public bool HasLeft => leaving.IsCancellationRequested;
    }
}
