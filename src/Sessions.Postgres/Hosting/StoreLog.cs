using Microsoft.Extensions.Logging;

namespace Sessions.Postgres;

internal static partial class StoreLog
{
    [LoggerMessage(1, LogLevel.Warning, "A writer lost its connection to the database.")]
    public static partial void ConnectionLost(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The outcome of batch {Batch} was lost with its connection, and found: it is committed.")]
    public static partial void OutcomeFound(this ILogger logger, long batch);

    [LoggerMessage(3, LogLevel.Error, "One of {Writes} writes can't be stored; they are written apart.")]
    public static partial void BatchSplit(this ILogger logger, Exception exception, int writes);

    [LoggerMessage(4, LogLevel.Warning, "Listening for other replicas' hints was interrupted and will be taken up again.")]
    public static partial void ListeningFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Hints to other replicas were lost; their polls make up for it.")]
    public static partial void NotifyingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "Migrated the database to {Number} ({Name}).")]
    public static partial void Migrated(this ILogger logger, int number, string name);
}
