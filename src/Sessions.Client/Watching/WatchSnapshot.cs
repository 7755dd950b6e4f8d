namespace Sessions.Client;

/// <summary>What a watch begins with.</summary>
public enum WatchSnapshot
{
    /// <summary>The sessions that have a queued or running run.</summary>
    Active,

    /// <summary>Every session.</summary>
    All,

    /// <summary>Nothing: only changes.</summary>
    None,
}
