using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What a session's log must be like by itself.</summary>
internal static class LogChecks
{
    public static IEnumerable<Violation> Check(Final final)
    {
        var violations = new List<Violation>();
        CheckSeqs(final, violations);
        CheckLives(final, violations);
        CheckEnds(final, violations);
        CheckAborts(final, violations);
        CheckKeys(final, violations);
        return violations;
    }

    private static void CheckSeqs(Final final, List<Violation> violations)
    {
        for (var place = 0; place < final.Log.Count; place++)
        {
            if (final.Log[place].Seq == place + 1)
                continue;

            violations.Add(new(37, $"Record {place + 1} of {final.Key} has seq {final.Log[place].Seq}."));
            return;
        }

        try
        {
            var folded = LogReplay.Comparable(LogReplay.Fold(final.Key, final.Log));
            if (folded != LogReplay.Comparable(final.State))
                violations.Add(new(37, $"The log of {final.Key} gives {folded}, but stored is {LogReplay.Comparable(final.State)}."));
        }
        catch (InvalidOperationException impossible)
        {
            violations.Add(new(37, $"The log of {final.Key} can't be replayed: {impossible.Message}"));
        }
    }

    /// <summary>One at a time, in order, under epochs that grow, and nothing behind the end.</summary>
    private static void CheckLives(Final final, List<Violation> violations)
    {
        var queue = new List<RunId>();
        var ended = new HashSet<RunId>();
        RunId? active = null;
        var epoch = 0L;
        foreach (var (seq, _, _, happened) in final.Log)
        {
            if (happened is RunEvent about and not RunEnded && ended.Contains(about.RunId))
                violations.Add(new(13, $"{happened.GetType().Name} of run {about.RunId} of {final.Key} at {seq} is behind its end."));

            switch (happened)
            {
                case RunQueued queued:
                    queue.Add(queued.RunId);
                    break;
                case RunStarted started:
                    if (active is not null)
                        violations.Add(new(19, $"Run {started.RunId} of {final.Key} starts at {seq} while {active} is running."));

                    if (started.Epoch <= epoch)
                        violations.Add(new(19, $"Run {started.RunId} of {final.Key} starts at {seq} with epoch {started.Epoch} after {epoch}."));

                    if (queue.Count == 0 || queue[0] != started.RunId)
                        violations.Add(new(21, $"Run {started.RunId} of {final.Key} starts at {seq} before {string.Join(", ", queue)}."));

                    queue.Remove(started.RunId);
                    (active, epoch) = (started.RunId, started.Epoch);
                    break;
                case RunRequeued requeued:
                    queue.Insert(0, requeued.RunId);
                    active = null;
                    break;
                case RunEnded end:
                    if (!ended.Add(end.RunId))
                        violations.Add(new(2, $"Run {end.RunId} of {final.Key} ends again at {seq}."));

                    queue.Remove(end.RunId);
                    active = active == end.RunId ? null : active;
                    break;
                case OutputEvent output when output.RunId != active:
                    violations.Add(new(19, $"Output of run {output.RunId} of {final.Key} at {seq}, while {active} is running."));
                    break;
            }
        }

        foreach (var run in final.Log.Select(record => record.Event).OfType<RunQueued>().Select(queued => queued.RunId).Except(ended))
            violations.Add(new(2, $"Run {run} of {final.Key} never ends."));
    }

    /// <summary>A run stays as its terminal event says, with the text that was streamed.</summary>
    private static void CheckEnds(Final final, List<Violation> violations)
    {
        foreach (var end in final.Log.Select(record => record.Event).OfType<RunEnded>())
        {
            var stored = final.Runs.SingleOrDefault(run => run.Id == end.RunId);
            if (Text.Of(stored) != Text.Of(end.Run))
                violations.Add(new(8, $"Run {end.RunId} of {final.Key} ended as {Text.Of(end.Run)}, but stored is {Text.Of(stored)}."));

            var streamed = string.Concat(final.Log
                .Select(record => record.Event).OfType<OutputEvent>()
                .Where(output => output.RunId == end.RunId).Select(output => output.Transcript));
            if (end is not RunCompleted && (end.Run.Output ?? "") != streamed)
                violations.Add(new(13, $"Run {end.RunId} of {final.Key} streamed '{streamed}' and ended with '{end.Run.Output}'."));
        }
    }

    /// <summary>One decision aborts queued runs before the active one.</summary>
    private static void CheckAborts(Final final, List<Violation> violations)
    {
        RunId? active = null;
        long abortedIn = 0;
        foreach (var (seq, version, _, happened) in final.Log)
        {
            switch (happened)
            {
                case RunStarted started:
                    active = started.RunId;
                    break;
                case RunRequeued:
                    active = null;
                    break;
                case RunAborted aborted when aborted.RunId != active && abortedIn == version && aborted.Run.Attempt == 0
                    && !final.Log.Any(record => record.Version == version && record.Event is RunQueued):
                    violations.Add(new(12, $"Queued run {aborted.RunId} of {final.Key} is aborted at {seq}, behind the active one."));
                    break;
                case RunEnded ended when ended.RunId == active:
                    active = null;
                    abortedIn = happened is RunAborted ? version : 0;
                    break;
            }
        }
    }

    private static void CheckKeys(Final final, List<Violation> violations)
    {
        var runs = final.Log.Select(record => record.Event).OfType<RunQueued>().ToArray();
        foreach (var key in runs.Where(queued => queued.Run.IdempotencyKey is not null).GroupBy(queued => queued.Run.IdempotencyKey))
        {
            if (key.Count() > 1)
                violations.Add(new(17, $"Key {key.Key} of {final.Key} made the runs {string.Join(", ", key.Select(queued => queued.RunId))}."));
        }
    }
}
