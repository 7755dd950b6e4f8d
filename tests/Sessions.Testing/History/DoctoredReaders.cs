namespace Sessions.Testing;

/// <summary>Subscribers and watchers that did not get what they should have.</summary>
internal static class DoctoredReaders
{
    public static IReadOnlyList<Doctoring> All { get; } =
    [
        new("An event is left out", 30, Reading((records, at, _) => [.. records.Take(at), .. records.Skip(at + 1)])),
        new("An event comes twice", 30, Reading((records, at, _) => [.. records.Take(at + 1), .. records.Skip(at)])),
        new("Two events change places", 30, Reading((records, at, _) =>
            [.. records.Take(at), records[at + 1], records[at], .. records.Skip(at + 2)])),
        new("An event says something else", 30, Reading((records, at, _) =>
            [.. records.Take(at), records[at] with { What = records[at + 1].What + "?" }, .. records.Skip(at + 1)])),
        new("The last event never comes", 31, Reading((records, _, _) => [.. records.SkipLast(1)])),
        new("The last events never come", 31, Reading((records, _, dice) => [.. records.SkipLast(1 + dice.Below(records.Count - 1))])),
        new("A version goes back", 34, Watching((given, at, _) =>
            [.. given.Take(at + 1), given[at] with { Version = given[at].Version - 1 }, .. given.Skip(at)])),
        new("The last version never comes", 34, Watching((given, _, _) =>
            [.. given.Where(one => one != given[^1])])),
    ];

    private static Func<History, Dice, History?> Reading(Func<IReadOnlyList<Delivered>, int, Dice, IReadOnlyList<Delivered>> falsify) =>
        (history, dice) =>
        {
            var readers = history.Subscribers.Where(subscriber => subscriber.Records.Count > 2).ToArray();
            if (readers.Length == 0)
                return null;

            // The last one is left alone: to miss it is another matter.
            var one = dice.Choose(readers);
            var records = falsify(one.Records, dice.Below(one.Records.Count - 2), dice);
            return history.With(subscriber: other => other == one
                ? other with { Records = records, Cursor = one.Records[0].Seq - 1 }
                : other);
        };

    private static Func<History, Dice, History?> Watching(
        Func<IReadOnlyList<WatchedVersion>, int, Dice, IReadOnlyList<WatchedVersion>> falsify) => (history, dice) =>
        {
            var busy = history.Watchers.Where(watcher => watcher.Given.Count > 0).ToArray();
            if (busy.Length == 0)
                return null;

            var one = dice.Choose(busy);
            var given = falsify(one.Given, dice.Below(one.Given.Count), dice);
            return history.With(watcher: other => other == one ? other with { Given = given } : other);
        };
}
