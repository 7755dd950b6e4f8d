using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>What a session's event stream brings: <see cref="EventItem"/> or <see cref="SynchronizedItem"/>.</summary>
public abstract record StreamItem
{
    private protected StreamItem()
    {
    }
}

/// <summary>An event, in order of seq, each once.</summary>
/// <param name="Event">The event; <see cref="EventResource.Seq"/> is the cursor behind it.</param>
public sealed record EventItem(EventResource Event) : StreamItem;

/// <summary>
/// What had happened has been delivered, what follows is live. It comes once for the stream's beginning, and again
/// whenever the stream, broken and resumed, has caught up.
/// </summary>
/// <param name="LastSeq">The seq of the newest event there was.</param>
public sealed record SynchronizedItem(long LastSeq) : StreamItem;
