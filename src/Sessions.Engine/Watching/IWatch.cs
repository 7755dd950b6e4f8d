using Sessions.Core;

namespace Sessions.Engine;

/// <summary>What a watcher gets before the changes.</summary>
public enum WatchSnapshot
{
    /// <summary>The sessions with a queued or running run.</summary>
    Active,

    /// <summary>All sessions.</summary>
    All,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>
/// A watcher of a tenant's sessions: snapshots, coalesced per session, latest wins. The versions of a session never go
/// back, and the last one that it gets is the last one there is (invariant 34).
/// </summary>
public interface IWatch : IDisposable
{
    /// <summary>
    /// The next piece; waits for it. Null when it was woken by <see cref="Wake"/> and there is nothing new. One reader at
    /// a time.
    /// </summary>
    ValueTask<WatchItem?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes a waiting or the next <see cref="ReadAsync"/> return.</summary>
    void Wake();
}

/// <summary>A piece of a watch.</summary>
public abstract record WatchItem
{
    private WatchItem()
    {
    }

    /// <summary>Sessions as they are now, tombstones of deleted ones among them.</summary>
    /// <param name="Items">The sessions.</param>
    public sealed record Sessions(IReadOnlyList<SessionSnapshot> Items) : WatchItem;

    /// <summary>The first snapshot is delivered; what follows are changes. Comes once.</summary>
    public sealed record Synchronized : WatchItem;
}
