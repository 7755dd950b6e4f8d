using Sessions.Core;

namespace Sessions.Testing;

/// <summary>
/// How long runs outlived their workers (invariants 2 and 24): from the worker's death, or the end of the store's absence where
/// that is later, to the event that ended the attempt. All times are the store's.
/// </summary>
/// <param name="Delays">One for each attempt of a run whose worker died before it.</param>
/// <param name="Longest">The attempt of the longest; null when nobody died.</param>
/// <param name="Violations">What is over the bound.</param>
public sealed record Bounds(IReadOnlyList<TimeSpan> Delays, string? Longest, IReadOnlyList<Violation> Violations)
{
    /// <summary>The longest; zero when nobody died.</summary>
    public TimeSpan Max => Delays.Count == 0 ? TimeSpan.Zero : Delays.Max();

    /// <summary>The one in the middle; zero when nobody died.</summary>
    public TimeSpan Median => Delays.Count == 0 ? TimeSpan.Zero : Delays.Order().ElementAt(Delays.Count / 2);

    /// <summary>Measures a history.</summary>
    /// <param name="history">Complete: every run in it is terminal.</param>
    /// <param name="longest">What is a violation beyond it.</param>
    public static Bounds Of(History history, TimeSpan longest)
    {
        var workers = history.Observations.OfType<Observation.WorkerDied>().ToLookup(died => died.Worker, died => died.At);
        var runs = history.Observations.OfType<Observation.RunAbandoned>()
            .ToLookup(left => (left.Session, left.Epoch), left => left.At);
        var away = history.Observations.OfType<Observation.StoreAway>().ToArray();
        var delays = new List<TimeSpan>();
        var violations = new List<Violation>();
        var (most, which) = (TimeSpan.Zero, (string?)null);
        foreach (var attempt in history.Finals.SelectMany(AttemptsOf))
        {
            foreach (var death in workers[attempt.Worker].Concat(runs[(attempt.Session, attempt.Epoch)]).Where(at => at < attempt.Ended))
            {
                // Nobody can be told of a death, nor end what it left, while the store is away.
                var from = away.Where(time => time.From < attempt.Ended && time.To > death).Select(time => time.To)
                    .Append(death).Append(attempt.Started).Max();
                var delay = attempt.Ended > from ? attempt.Ended - from : TimeSpan.Zero;
                var what = $"Run {attempt.Run} of {attempt.Session} (epoch {attempt.Epoch}), started {attempt.Started:HH:mm:ss.fff}, outlived "
                    + $"{attempt.Worker}, dead at {death:HH:mm:ss.fff}, by {delay.TotalSeconds:0.0} s";
                delays.Add(delay);
                if (delay >= most)
                    (most, which) = (delay, what);

                if (delay > longest)
                    violations.Add(new(2, $"{what}: over {longest.TotalSeconds:0.0} s."));
            }
        }

        return new(delays, which, violations);
    }

    /// <summary>Each start of each run, to what ended it.</summary>
    private static IEnumerable<Attempt> AttemptsOf(Final final)
    {
        (RunStarted Event, DateTimeOffset At)? running = null;
        foreach (var (_, _, at, happened) in final.Log)
        {
            switch (happened)
            {
                case RunStarted started:
                    running = (started, at);
                    break;
                case RunEnded or RunRequeued when running is var (start, from) && ((RunEvent)happened).RunId == start.RunId:
                    yield return new(final.Key, start.RunId, start.Worker, start.Epoch, from, at);
                    running = null;
                    break;
            }
        }
    }

    private sealed record Attempt(
        SessionKey Session, RunId Run, WorkerId Worker, long Epoch, DateTimeOffset Started, DateTimeOffset Ended);
}
