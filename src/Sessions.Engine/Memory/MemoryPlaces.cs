using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Where a session stands in the memory store's indexes; each index guards its own part.</summary>
internal sealed class MemoryPlaces
{
    /// <summary>Its place among the tenant's sessions, by newest change.</summary>
    public LinkedListNode<MemorySession>? Changed { get; set; }

    /// <summary>Its place among those with a queued or running run.</summary>
    public LinkedListNode<MemorySession>? Active { get; set; }

    /// <summary>The number of its newest change; greater is newer.</summary>
    public long Change { get; set; }

    /// <summary>When that was committed; it never goes back from one change to the next.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Its place among those whose next run is ready.</summary>
    public LinkedListNode<MemorySession>? Ready { get; set; }

    /// <summary>The agent of that run.</summary>
    public AgentName ReadyAgent { get; set; }

    /// <summary>When it is its turn, against those in the other agents' lines; smaller is earlier.</summary>
    public long ReadyTurn { get; set; }

    /// <summary>When the due index looks at it next, in ticks; the greatest number for never.</summary>
    public long DueAt { get; set; } = long.MaxValue;
}
