namespace Sessions.Postgres;

/// <summary>The database can't be used as it is; the message is one line for whoever starts the process.</summary>
public sealed class PostgresStartException : Exception
{
    /// <summary>Makes one.</summary>
    public PostgresStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    public PostgresStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
