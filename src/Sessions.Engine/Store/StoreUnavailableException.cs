namespace Sessions.Engine;

/// <summary>The store can't be reached, or can't take more; nothing is known to have changed. Try again.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Makes one.</summary>
    public StoreUnavailableException()
        : this("The store is unavailable.")
    {
    }

    /// <summary>Makes one.</summary>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>True when the store is there but its queue is full.</summary>
    public bool Busy { get; init; }
}
