using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// A subscriber: a cursor over a session's log. It gives every record behind the cursor, in order, once (invariant 30);
/// memory is bounded however slow the reader is (invariant 32).
/// </summary>
public interface ISessionSubscription : IDisposable
{
    /// <summary>The run that it is about; null when it is about the whole session.</summary>
    RunId? Run { get; }

    /// <summary>
    /// True when nothing can follow the backlog: the cursor was already behind the end of the run, or of a deleted session.
    /// </summary>
    bool IsOver { get; }

    /// <summary>
    /// The next piece; waits for it. Null when it was woken by <see cref="Wake"/> and there is nothing new. One reader at
    /// a time.
    /// </summary>
    ValueTask<SubscriptionItem?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes a waiting or the next <see cref="ReadAsync"/> return.</summary>
    void Wake();
}

/// <summary>A piece of a subscription.</summary>
public abstract record SubscriptionItem
{
    private SubscriptionItem()
    {
    }

    /// <summary>Records, in order. Those of other runs are among them even where the subscription is about one.</summary>
    /// <param name="Commit">The records, all new to the reader.</param>
    public sealed record Records(Commit Commit) : SubscriptionItem;

    /// <summary>The backlog is delivered; what follows is live. Comes once.</summary>
    /// <param name="LastSeq">The seq of the last record that was delivered or passed over.</param>
    public sealed record Synchronized(long LastSeq) : SubscriptionItem;
}
