using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Hints between replicas by LISTEN and NOTIFY: outside the commits, gathered while the last ones are on their way, on
/// connections of their own that are made anew when they break. What is lost is made up for by the replicas' polls.
/// </summary>
public sealed class PostgresReplicaBus : IReplicaBus, IAsyncDisposable
{
    /// <summary>NOTIFY takes a lock on the whole server: few with much in them are better than many.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Guid _replica = Guid.NewGuid();
    private readonly PendingWakeups _pending = new();
    private readonly PendingWorkers _pendingWorkers = new();
    private readonly SemaphoreSlim _some = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PostgresDatabase _database;
    private readonly Task _running;
    private Action<Wakeup>[] _heard = [];
    private Action<WorkerNews>? _heardOfWorkers;

    /// <summary>Begins to listen once the database is migrated.</summary>
    /// <param name="database">The database that the replicas share; stays the caller's.</param>
    /// <param name="logger">Logs.</param>
    public PostgresReplicaBus(PostgresDatabase database, ILogger<PostgresReplicaBus> logger)
    {
        _database = database;
        _running = Task.WhenAll(
            Task.Run(() => RepeatAsync(SendAsync, logger.NotifyingFailed)),
            Task.Run(() => RepeatAsync(ListenAsync, logger.ListeningFailed)));
    }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Done once it has begun to hear.</summary>
    internal Task Listening => _listening.Task;

    /// <inheritdoc/>
    public void Post(Wakeup wakeup)
    {
        if (_pending.Add(wakeup))
            _some.Release();
    }

    /// <inheritdoc/>
    public IDisposable Listen(Action<Wakeup> heard)
    {
        Change(heards => [.. heards, heard]);
        return new Hearing(() => Change(heards => [.. heards.Where(other => other != heard)]));
    }

    /// <inheritdoc/>
    public void Post(WorkerNews news)
    {
        if (_pendingWorkers.Add(news))
            _some.Release();
    }

    /// <inheritdoc/>
    public IDisposable ListenToWorkers(Action<WorkerNews> heard)
    {
        _heardOfWorkers += heard;
        return new Hearing(() => _heardOfWorkers -= heard);
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
        _some.Dispose();
    }

    /// <summary>On one connection, until it breaks.</summary>
    private async Task SendAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Statements.Named("notify"), connection);
        await using (command.ConfigureAwait(false))
        {
            var payloads = new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
            command.Parameters.Add(payloads);
            while (true)
            {
                await _some.WaitAsync(_stopping.Token).ConfigureAwait(false);
                payloads.TypedValue =
                    [.. WakeupText.Write(_replica, _pending.TakeAll()), .. WorkerText.Write(_replica, _pendingWorkers.TakeAll())];
                if (payloads.TypedValue.Length > 0)
                    await command.ExecuteNonQueryAsync(_stopping.Token).ConfigureAwait(false);

                await Task.Delay(Gathering, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>On one connection, until it breaks.</summary>
    private async Task ListenAsync(NpgsqlConnection connection)
    {
        connection.Notification += (_, notification) => Hear(notification.Payload);
        var command = new NpgsqlCommand(Statements.Named("listen"), connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(_stopping.Token).ConfigureAwait(false);

        _listening.TrySetResult();
        while (true)
            await connection.WaitAsync(_stopping.Token).ConfigureAwait(false);
    }

    private void Hear(string payload)
    {
        foreach (var wakeup in WakeupText.Read(_replica, payload))
        {
            foreach (var heard in _heard)
                heard(wakeup);
        }

        if (WorkerText.Read(_replica, payload) is { } news)
            _heardOfWorkers?.Invoke(news);
    }

    private async Task RepeatAsync(Func<NpgsqlConnection, Task> use, Action<Exception> failed)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _database.Ready.WaitAsync(_stopping.Token).ConfigureAwait(false);
                var connection = await _database.Apart.OpenConnectionAsync(_stopping.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                    await use(connection).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                failed(exception);
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Change(Func<Action<Wakeup>[], Action<Wakeup>[]> change)
    {
        while (true)
        {
            var before = _heard;
            if (Interlocked.CompareExchange(ref _heard, change(before), before) == before)
                return;
        }
    }

    private sealed class Hearing(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
