using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Something that a caller was told. Moments are the history's own count: they order what one saw after another.</summary>
public abstract record Observation
{
    private Observation()
    {
    }

    /// <summary>The answer to a send.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Key">The idempotency key.</param>
    /// <param name="Text">The payload.</param>
    /// <param name="Run">The run; null when it was refused.</param>
    /// <param name="Deduplicated">True when an earlier send had made it.</param>
    public sealed record Sent(SessionKey Session, string? Key, string Text, RunId? Run, bool Deduplicated) : Observation;

    /// <summary>The answer to output of one piece of text, unique in the history.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Text">The piece.</param>
    /// <param name="Accepted">Null when no answer said so: then it may be in the log, once.</param>
    public sealed record Said(SessionKey Session, RunId Run, string Text, bool? Accepted) : Observation;

    /// <summary>The answer to a terminal report.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Accepted">True when it was accepted, now or before.</param>
    /// <param name="Status">What the run's status was said to be.</param>
    public sealed record Reported(SessionKey Session, RunId Run, bool Accepted, RunStatus? Status) : Observation;

    /// <summary>The answer to an abort: the runs that it is said to have ended.</summary>
    public sealed record Aborted(SessionKey Session, IReadOnlyList<RunId> Runs) : Observation;

    /// <summary>A subscriber got a terminal event.</summary>
    public sealed record SawEnd(SessionKey Session, RunId Run, long Moment) : Observation;

    /// <summary>A get or list, issued at a moment, showed these runs as queued or running.</summary>
    public sealed record SawActive(SessionKey Session, IReadOnlyList<RunId> Runs, long Moment) : Observation;

    /// <summary>An answer, asked for at a moment, showed a run's status.</summary>
    public sealed record SawStatus(SessionKey Session, RunId Run, RunStatus Status, long Asked) : Observation;

    /// <summary>A stream ended as if it were over, and no frame had said so.</summary>
    public sealed record EndedWithoutEnd(string Stream) : Observation;

    /// <summary>Somebody got a fault where an answer was due.</summary>
    public sealed record Faulted(string What) : Observation;

    /// <summary>A worker died, or was stopped for longer than its leases, at a time by the store's clock.</summary>
    public sealed record WorkerDied(WorkerId Worker, DateTimeOffset At) : Observation;

    /// <summary>A worker turned its back on a run: it was last heard of at a time by the store's clock.</summary>
    public sealed record RunAbandoned(SessionKey Session, RunId Run, long Epoch, DateTimeOffset At) : Observation;

    /// <summary>The store was away, by its own clock.</summary>
    public sealed record StoreAway(DateTimeOffset From, DateTimeOffset To) : Observation;

    /// <summary>A run that could start was seen to wait for a worker though there were some.</summary>
    public sealed record SawForgottenRun(SessionKey Session, RunId Run, TimeSpan Waiting) : Observation;

    /// <summary>A session was seen to claim a running run whose lease had been over for long.</summary>
    public sealed record SawDeadLease(SessionKey Session, RunId Run, TimeSpan Overdue) : Observation;
}

/// <summary>What one subscriber got.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Session">The session.</param>
/// <param name="Cursor">The cursor that it began behind.</param>
/// <param name="Records">All that it got, in the order in which it got them.</param>
public sealed record Subscribed(string Name, SessionKey Session, long Cursor, IReadOnlyList<Delivered> Records)
{
    /// <summary>How such a subscriber is shown a record of the log.</summary>
    public Func<LogRecord, string> Shows { get; init; } = Delivered.Whole;
}

/// <summary>A record as a subscriber got it.</summary>
/// <param name="Seq">Its place in the log.</param>
/// <param name="What">Its content, as text to compare.</param>
public sealed record Delivered(long Seq, string What)
{
    /// <summary>As an engine delivers it.</summary>
    public static Delivered Of(LogRecord record) => new(record.Seq, Whole(record));

    internal static string Whole(LogRecord record) =>
        $"v{record.Version} {record.At:O} {record.Event.GetType().Name} {Text.Of<object>(record.Event)}";
}

/// <summary>What one watcher, who asked for all sessions, got.</summary>
public sealed record Watched(string Name, IReadOnlyList<WatchedVersion> Given);

/// <summary>A session as a watcher got it.</summary>
public sealed record WatchedVersion(SessionKey Session, long Version)
{
    public static WatchedVersion Of(SessionSnapshot session) => new(session.Key, session.Version);
}

/// <summary>How a session stands in the end, when nothing is queued or running and nobody writes.</summary>
/// <param name="State">The stored state.</param>
/// <param name="Log">The stored log.</param>
/// <param name="Runs">The stored runs.</param>
public sealed record Final(SessionState State, IReadOnlyList<LogRecord> Log, IReadOnlyList<Run> Runs)
{
    public SessionKey Key => State.Key;
}
