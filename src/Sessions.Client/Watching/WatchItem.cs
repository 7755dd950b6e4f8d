using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// What a watch brings: <see cref="SessionItem"/>, <see cref="SessionDeletedItem"/> or <see cref="WatchSynchronizedItem"/>.
/// </summary>
public abstract record WatchItem
{
    private protected WatchItem()
    {
    }
}

/// <summary>A session as it is now; its version is never older than one that came before.</summary>
/// <param name="Session">The session.</param>
public sealed record SessionItem(SessionResource Session) : WatchItem;

/// <summary>A session is gone. Nothing about it follows.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Tombstone">Its last state; null when it was deleted while the watch was disconnected.</param>
public sealed record SessionDeletedItem(string SessionId, SessionResource? Tombstone) : WatchItem;

/// <summary>The snapshot is complete, what follows is live; again whenever a broken watch has caught up.</summary>
public sealed record WatchSynchronizedItem : WatchItem;
