using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What subscribers, watchers and readers got.</summary>
internal static class DeliveryChecks
{
    public static IEnumerable<Violation> Check(History history)
    {
        var finals = history.Finals.ToDictionary(final => final.Key);
        return history.Subscribers.SelectMany(subscriber => CheckSubscriber(subscriber, finals[subscriber.Session]))
            .Concat(history.Watchers.SelectMany(watcher => CheckWatcher(watcher, history.Finals)))
            .Concat(CheckLooks(history))
            .Concat(history.Observations.OfType<Observation.EndedWithoutEnd>()
                .Select(ended => new Violation(33, $"Stream {ended.Stream} ended cleanly without an end frame.")));
    }

    /// <summary>Every record behind the cursor, in order, once, as it is in the log.</summary>
    private static IEnumerable<Violation> CheckSubscriber(Subscribed subscriber, Final final)
    {
        var expected = subscriber.Cursor + 1;
        foreach (var record in subscriber.Records)
        {
            if (record.Seq != expected)
            {
                yield return new(30, $"Subscriber {subscriber.Name} of {final.Key} got {record.Seq} where {expected} was due.");
                yield break;
            }

            var logged = expected > final.Log.Count ? "nothing" : subscriber.Shows(final.Log[(int)expected - 1]);
            if (logged != record.What)
                yield return new(30, $"Subscriber {subscriber.Name} of {final.Key} got at {expected} {record.What}; in the log is {logged}.");

            expected++;
        }

        if (expected != final.Log.Count + 1)
            yield return new(31, $"Subscriber {subscriber.Name} of {final.Key} ends before {expected} of {final.Log.Count}.");
    }

    private static IEnumerable<Violation> CheckWatcher(Watched watcher, IReadOnlyCollection<Final> finals)
    {
        var newest = new Dictionary<SessionKey, long>();
        foreach (var session in watcher.Given)
        {
            if (newest.TryGetValue(session.Session, out var before) && session.Version < before)
                yield return new(34, $"Watcher {watcher.Name} got version {session.Version} of {session.Session} after {before}.");

            newest[session.Session] = session.Version;
        }

        foreach (var final in finals)
        {
            if (newest.GetValueOrDefault(final.Key) != final.State.Version)
            {
                yield return new(
                    34, $"Watcher {watcher.Name} has version {newest.GetValueOrDefault(final.Key)} of {final.Key}; the last is {final.State.Version}.");
            }
        }
    }

    /// <summary>What was issued after somebody saw the end of a run does not show it active.</summary>
    private static IEnumerable<Violation> CheckLooks(History history)
    {
        var seen = history.Observations.OfType<Observation.SawEnd>()
            .GroupBy(end => (end.Session, end.Run)).ToDictionary(end => end.Key, end => end.Min(one => one.Moment));
        var looks = history.Observations.OfType<Observation.SawActive>().Concat(history.Observations.OfType<Observation.SawStatus>()
            .Where(saw => saw.Status is RunStatus.Queued or RunStatus.Running)
            .Select(saw => new Observation.SawActive(saw.Session, [saw.Run], saw.Asked)));
        foreach (var look in looks)
        {
            foreach (var run in look.Runs)
            {
                if (seen.TryGetValue((look.Session, run), out var moment) && moment < look.Moment)
                    yield return new(1, $"Run {run} of {look.Session} was shown as active at {look.Moment}; its end had been seen at {moment}.");
            }
        }
    }
}
