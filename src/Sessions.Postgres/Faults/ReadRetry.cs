using Npgsql;

namespace Sessions.Postgres;

/// <summary>Reads, which may be repeated.</summary>
internal sealed class ReadRetry(NpgsqlDataSource database, Outage outage)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Reads on a connection of the pool. Where that turns out to be broken, the others most likely are too (the database
    /// was restarted): they are dropped, and the read is done again on a new one, until the database is known to be away.
    /// </summary>
    /// <exception cref="Engine.StoreUnavailableException">The database can't be used.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var result = await read(connection).ConfigureAwait(false);
                    outage.End();
                    return result;
                }
            }
            catch (Exception exception) when (StoreFaults.IsOutage(exception))
            {
                if (StoreFaults.IsRefusal(exception) || !outage.Failed())
                    throw StoreFaults.Unavailable(exception);

                database.Clear();
            }

            if (attempt > 1)
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
