using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>
/// All that deciding about a session needs to know: its log, folded by <see cref="Evolver"/>. Bounded: it holds no
/// terminal run, no text that was streamed, and no idempotency key of a terminal run (those come as <see cref="Facts"/>).
/// </summary>
public sealed record SessionState
{
    /// <summary>Names the session.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>Whether it exists.</summary>
    public SessionExistence Existence { get; init; }

    /// <summary>The agent for sends that name none.</summary>
    public AgentName Agent { get; init; }

    /// <summary>A title for people.</summary>
    public string? Title { get; init; }

    /// <summary>The client's own data.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = NoMetadata;

    /// <summary>The agent that it is bound to.</summary>
    public Binding Binding { get; init; } = Binding.None;

    /// <summary>True when the active run's start made the binding: if that start fails, the binding goes with it.</summary>
    public bool BoundByActive { get; init; }

    /// <summary>How it stands when no run is queued or running.</summary>
    public RestStatus Rest { get; init; }

    /// <summary>The error of the last failed run; null once a later one has started or completed.</summary>
    public SessionError? LastError { get; init; }

    /// <summary>The run that became terminal last in this generation.</summary>
    public LastRun? LastRun { get; init; }

    /// <summary>The running run.</summary>
    public Run? Active { get; init; }

    /// <summary>The running run's lease; not null exactly when there is one.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The runs that wait, in the order in which they start.</summary>
    public ImmutableArray<Run> Queue { get; init; } = [];

    /// <summary>Grows by one with every decision; the fence of decisions.</summary>
    public long Version { get; init; }

    /// <summary>The seq of the newest log record.</summary>
    public long LastSeq { get; init; }

    /// <summary>Grows by one with every reset, from 1.</summary>
    public long Generation { get; init; }

    /// <summary>The seq of the generation's first record.</summary>
    public long GenerationSeq { get; init; }

    /// <summary>The newest epoch that was given to a lease; it never shrinks, not even over a reset.</summary>
    public long Epoch { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the newest decision was taken.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>No metadata.</summary>
    public static ImmutableSortedDictionary<string, string> NoMetadata { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>True exactly when some run is queued or running, that is, when an abort would change something.</summary>
    public bool HasActiveRun => Active is not null || Queue.Length > 0;

    /// <summary>The run that could start now: the head of the queue when none is running.</summary>
    public Run? Ready => Active is null && Queue.Length > 0 ? Queue[0] : null;

    /// <summary>A session of which nothing is known to exist.</summary>
    public static SessionState None(SessionKey key) => new() { Key = key };

    /// <summary>The queued or running run of that id.</summary>
    public Run? Find(RunId id)
    {
        if (Active?.Id == id)
            return Active;

        foreach (var run in Queue)
        {
            if (run.Id == id)
                return run;
        }

        return null;
    }

    /// <summary>When something falls due unless something else happens first: a lease or a deadline.</summary>
    public DateTimeOffset? NextDue()
    {
        DateTimeOffset? due = null;
        if (Active is not null)
            due = Active.Deadline < Lease!.ExpiresAt ? Active.Deadline : Lease.ExpiresAt;

        foreach (var run in Queue)
        {
            if (due is null || run.QueueDeadline < due)
                due = run.QueueDeadline;
        }

        return due;
    }
}
