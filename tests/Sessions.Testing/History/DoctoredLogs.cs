using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Logs and rows that cannot have come about.</summary>
internal static class DoctoredLogs
{
    public static IReadOnlyList<Doctoring> All { get; } =
    [
        new("A record is gone", 37, InLog<SessionEvent>((log, at) => [.. log.Take(at), .. log.Skip(at + 1)], last: false)),
        new("A seq is there twice", 37, InLog<SessionEvent>((log, at) => [.. log.Take(at + 1), log[at], .. log.Skip(at + 1)])),
        new("A run does not end", 2, InLog<RunEnded>((log, at) => Numbered([.. log.Take(at), .. log.Skip(at + 1)]))),
        new("A run ends twice", 2, InLog<RunEnded>((log, at) => Numbered([.. log, log[at]]))),
        new("A run says something after its end", 13, InLog<RunEnded>((log, at) => Numbered(
            [.. log, log[^1] with { Event = new RunDelta(((RunEnded)log[at].Event).RunId, "late") }]))),
        new("A run starts while it is running", 19, InLog<RunStarted>((log, at) => Numbered([.. log.Take(at + 1), log[at], .. log.Skip(at + 1)]))),
        new("A stale epoch starts a run", 19, InLog<RunStarted>(
            (log, at) => Changed(log, at, ((RunStarted)log[at].Event) with { Epoch = 0 }))),
        new("A run starts out of turn", 21, InLog<RunStarted>(
            (log, at) => Changed(log, at, ((RunStarted)log[at].Event) with { RunId = new("nobody") }))),
        new("A second run has the key", 17, SecondRunForKey),
        new("An ended run is stored otherwise", 8, StoredOtherwise),
        new("What is stored is not what the log gives", 37, (history, dice) =>
        {
            var one = dice.Choose([.. history.Finals]);
            return history.With(final: final => final == one ? final with { State = final.State with { Title = "from nowhere" } } : final);
        }),
    ];

    private static Func<History, Dice, History?> InLog<TEvent>(
        Func<IReadOnlyList<LogRecord>, int, IReadOnlyList<LogRecord>> falsify, bool last = true)
        where TEvent : SessionEvent => (history, dice) =>
        {
            var places = history.Finals.SelectMany(final => final.Log
                .Where(record => record.Event is TEvent && (last || record.Seq < final.Log.Count))
                .Select(record => (Final: final, At: (int)record.Seq - 1))).ToArray();
            if (places.Length == 0)
                return null;

            var (one, at) = dice.Choose(places);
            var log = falsify(one.Log, at);
            return history.With(final: final => final == one ? final with { Log = log } : final);
        };

    private static History? SecondRunForKey(History history, Dice dice)
    {
        var pairs = (
            from final in history.Finals
            let sent = final.Log.Where(record => record.Event is RunQueued).ToArray()
            from first in sent
            from second in sent
            where first.Seq < second.Seq && ((RunQueued)first.Event).Run.IdempotencyKey is not null
            select (final, first, second)).ToArray();
        if (pairs.Length == 0)
            return null;

        var (one, keyed, other) = dice.Choose(pairs);
        var run = ((RunQueued)other.Event).Run with { IdempotencyKey = ((RunQueued)keyed.Event).Run.IdempotencyKey };
        return history.With(final: final => final == one
            ? final with { Log = Changed(one.Log, (int)other.Seq - 1, new RunQueued(run)) }
            : final);
    }

    private static History? StoredOtherwise(History history, Dice dice)
    {
        var runs = history.Finals.SelectMany(final => final.Runs.Where(run => run.IsTerminal).Select(run => (final, run))).ToArray();
        if (runs.Length == 0)
            return null;

        var (one, ended) = dice.Choose(runs);
        var other = ended with { Status = ended.Status == RunStatus.Failed ? RunStatus.Completed : RunStatus.Failed };
        return history.With(final: final => final == one
            ? final with { Runs = [.. final.Runs.Select(run => run == ended ? other : run)] }
            : final);
    }

    private static LogRecord[] Changed(IReadOnlyList<LogRecord> log, int at, SessionEvent happened) =>
        [.. log.Take(at), log[at] with { Event = happened }, .. log.Skip(at + 1)];

    private static LogRecord[] Numbered(IEnumerable<LogRecord> log) => [.. log.Select((record, at) => record with { Seq = at + 1 })];
}
