using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>A decision as it is committed.</summary>
/// <param name="State">The session after it.</param>
/// <param name="Records">Its log records.</param>
/// <param name="Runs">The runs that it touched, as they are after it.</param>
/// <param name="Keys">The idempotency keys that it gave a meaning.</param>
public sealed record SealedDecision(
    SessionState State, ImmutableArray<LogRecord> Records, ImmutableArray<Run> Runs, ImmutableArray<KeyEntry> Keys);

/// <summary>
/// Turns a decision's events into log records at the commit, when what only the store knows is at hand: the next seq, and
/// the text that was streamed. Output may land between deciding and committing, and is then part of it (invariant 13).
/// </summary>
public static class Sealer
{
    /// <summary>Seals a decision onto <paramref name="state"/>.</summary>
    /// <param name="state">The session at the commit; its version is the one that was decided on.</param>
    /// <param name="events">What was decided.</param>
    /// <param name="at">The decision's time.</param>
    /// <param name="streamed">The text streamed so far by the active run; empty when none was.</param>
    public static SealedDecision Seal(
        SessionState state, ImmutableArray<SessionEvent> events, DateTimeOffset at, string streamed)
    {
        var version = state.Version + 1;
        var records = ImmutableArray.CreateBuilder<LogRecord>(events.Length);
        var runs = ImmutableArray.CreateBuilder<Run>(events.Length);
        var keys = ImmutableArray.CreateBuilder<KeyEntry>(0);
        foreach (var happened in events)
        {
            var record = new LogRecord(state.LastSeq + 1, version, at, happened);
            if (happened is RunEnded ended)
                record = record with { Event = Fill(ended, state, record.Seq, streamed) };

            state = Evolver.Apply(state, record);
            if (happened is SessionLifecycleEvent lifecycle)
                record = record with { Event = lifecycle with { Session = SessionSnapshot.Of(state) } };

            records.Add(record);
            if (Touched(record.Event, state) is { } run)
                Put(runs, run);

            if (KeyOf(record.Event) is { } key)
                keys.Add(key);
        }

        return new(state, records.MoveToImmutable(), runs.DrainToImmutable(), keys.DrainToImmutable());
    }

    private static RunEnded Fill(RunEnded ended, SessionState state, long seq, string streamed)
    {
        var current = state.Find(ended.RunId)
            ?? throw new InvalidOperationException($"Session {state.Key} ends run {ended.RunId}, which is neither running nor queued.");

        // Only the active run has streamed anything.
        var text = state.Active?.Id == ended.RunId ? streamed : "";
        var run = ended.Run with
        {
            QueuedSeq = current.QueuedSeq,
            EndedSeq = seq,
            HasOutput = current.HasOutput,
            Output = ended.Run.Output ?? (text.Length > 0 || ended is RunCompleted ? text : null),
        };
        return ended switch
        {
            RunCompleted => new RunCompleted(run),
            RunFailed failed => new RunFailed(run, failed.Phase),
            RunAborted => new RunAborted(run),
            _ => throw new InvalidOperationException($"No sealing for the event {ended.GetType().Name}."),
        };
    }

    private static Run? Touched(SessionEvent happened, SessionState after) => happened switch
    {
        RunEnded ended => ended.Run,
        RunEvent about => after.Find(about.RunId),
        _ => null,
    };

    private static KeyEntry? KeyOf(SessionEvent happened) => happened switch
    {
        RunQueued { Run: { IdempotencyKey: { } key, Fingerprint: { } fingerprint } run } => new KeyOfRun(key, run.Id, fingerprint),
        SessionUpdated { Abort: { } abort } => abort,
        _ => null,
    };

    private static void Put(ImmutableArray<Run>.Builder runs, Run run)
    {
        for (var at = 0; at < runs.Count; at++)
        {
            if (runs[at].Id == run.Id)
            {
                runs[at] = run;
                return;
            }
        }

        runs.Add(run);
    }
}
