using Npgsql;

namespace Sessions.Postgres;

/// <summary>Reads, which may be repeated.</summary>
internal static class ReadRetry
{
    /// <summary>
    /// Reads on a connection of the pool. Where that turns out to be broken, the others most likely are too (the database
    /// was restarted): they are dropped, and the read is done once more on a new one.
    /// </summary>
    /// <exception cref="Engine.StoreUnavailableException">The database can't be used.</exception>
    public static async Task<T> ReadAsync<T>(
        this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                    return await read(connection).ConfigureAwait(false);
            }
            catch (Exception exception) when (StoreFaults.IsOutage(exception))
            {
                if (again || StoreFaults.IsRefusal(exception))
                    throw StoreFaults.Unavailable(exception);

                database.Clear();
            }
        }
    }
}
