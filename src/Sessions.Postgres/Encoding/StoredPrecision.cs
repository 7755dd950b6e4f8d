using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Cuts times to the microseconds that PostgreSQL keeps, before anything is made of them: what was committed is then to
/// the tick what is loaded (invariant 37).
/// </summary>
internal static class StoredPrecision
{
    public static DecisionWrite Of(DecisionWrite write) => write with
    {
        At = Cut(write.At),
        Events = Cut(write.Events),
        Next = Cut(write.Next),
    };

    private static ImmutableArray<SessionEvent> Cut(ImmutableArray<SessionEvent> events) =>
        NeedsNone(events) ? events : ImmutableArray.CreateRange(events, Cut);

    private static bool NeedsNone(ImmutableArray<SessionEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened is RunEvent and not OutputEvent)
                return false;
        }

        return true;
    }

    private static SessionEvent Cut(SessionEvent happened) => happened switch
    {
        RunQueued queued => queued with { Run = Cut(queued.Run) },
        RunStarted started => started with { LeaseExpiresAt = Cut(started.LeaseExpiresAt), Deadline = Cut(started.Deadline) },
        RunRequeued requeued => requeued with { QueueDeadline = Cut(requeued.QueueDeadline) },
        RunCompleted completed => completed with { Run = Cut(completed.Run) },
        RunFailed failed => failed with { Run = Cut(failed.Run) },
        RunAborted aborted => aborted with { Run = Cut(aborted.Run) },
        _ => happened,
    };

    private static Run Cut(Run run) => run with
    {
        Timeout = Cut(run.Timeout),
        QueueTimeout = Cut(run.QueueTimeout),
        QueuedAt = Cut(run.QueuedAt),
        QueueDeadline = Cut(run.QueueDeadline),
        StartedAt = run.StartedAt is { } started ? Cut(started) : null,
        Deadline = run.Deadline is { } deadline ? Cut(deadline) : null,
        EndedAt = run.EndedAt is { } ended ? Cut(ended) : null,
    };

    private static TimeSpan Cut(TimeSpan span) => new(span.Ticks - (span.Ticks % TimeSpan.TicksPerMicrosecond));

    private static DateTimeOffset Cut(DateTimeOffset at)
    {
        var utc = at.UtcTicks;
        return new(utc - (utc % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
