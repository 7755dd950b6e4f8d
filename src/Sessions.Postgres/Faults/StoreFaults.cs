using System.Net.Sockets;
using Npgsql;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>What an exception from the driver means.</summary>
internal static class StoreFaults
{
    /// <summary>The statement was refused as a whole by a server that is there: nothing of it has happened.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>A refusal that another try may not get: a deadlock, a serialization failure, a lock that took too long.</summary>
    public static bool IsContention(Exception exception) =>
        exception is PostgresException { SqlState: "40001" or "40P01" or "55P03" };

    /// <summary>The writer's generation is over: its row was taken, or forgotten after a long silence.</summary>
    public static bool IsFencedOut(Exception exception) => exception is PostgresException { SqlState: "SE001" };

    /// <summary>
    /// The store can't be reached or can't work now: no connection, a shutdown, no room, a standby. It is nobody's fault who
    /// asked.
    /// </summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException refused => IsOutage(refused),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    public static StoreUnavailableException Unavailable(Exception exception) => exception as StoreUnavailableException
        ?? new($"The database can't be used: {OneLine(exception)}", exception);

    /// <summary>The message on one line.</summary>
    public static string OneLine(Exception exception) =>
        string.Join(' ', exception.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool IsOutage(PostgresException refused) =>
        refused.InvariantSeverity != "ERROR"
        || refused.SqlState is "25006" or "3D000"
        || refused.SqlState[..2] is "08" or "28" or "53" or "57" or "58" or "XX";
}
