using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// What one commit added to a session's log, as it is published: after the commit, never before. It is a hint to look at
/// the log, and carries the records so that whoever is up to date need not.
/// </summary>
/// <param name="key">The session.</param>
/// <param name="records">Its records, in order; at least one.</param>
public sealed class Commit(SessionKey key, ImmutableArray<LogRecord> records)
{
    private object? _rendering;
    private SubscriptionItem.Records? _item;

    /// <summary>The session.</summary>
    public SessionKey Key => key;

    /// <summary>Its records, in order; at least one.</summary>
    public ImmutableArray<LogRecord> Records => records;

    /// <summary>The seq of the first record.</summary>
    public long FirstSeq => records[0].Seq;

    /// <summary>The seq of the last record.</summary>
    public long LastSeq => records[^1].Seq;

    /// <summary>True when it is a decision, so that watchers have something to see.</summary>
    public bool Decided { get; init; }

    /// <summary>The agent of the run that is ready to start after it.</summary>
    public AgentName? Ready { get; init; }

    /// <summary>The workers to tell that their run is over.</summary>
    public ImmutableArray<WorkerSignal> Signals { get; init; } = [];

    /// <summary>The commit as a piece of a subscription, one for all subscribers.</summary>
    internal SubscriptionItem.Records Item => _item ??= new(this);

    /// <summary>
    /// What a reader makes of the records, made once and shared by all readers of this replica; it must not depend on who
    /// reads.
    /// </summary>
    public T Render<T>(Func<Commit, T> render)
        where T : class
    {
        if (Volatile.Read(ref _rendering) is T rendered)
            return rendered;

        rendered = render(this);
        Volatile.Write(ref _rendering, rendered);
        return rendered;
    }
}
