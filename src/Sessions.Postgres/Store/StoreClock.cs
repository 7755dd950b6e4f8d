namespace Sessions.Postgres;

/// <summary>
/// A guess of the database's clock: what it said last, and how long ago that was. It is a little slow, by what the answer
/// took; a commit that rests on it is refused if it is off by more than a second.
/// </summary>
internal sealed class StoreClock(TimeProvider timeProvider)
{
    /// <summary>Clocks drift apart; a guess that is older is none.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(10);

    private Reading? _last;

    /// <summary>Now, or null where the database has not been heard of for long.</summary>
    public DateTimeOffset? Now
    {
        get
        {
            if (Volatile.Read(ref _last) is not { } last)
                return null;

            var passed = timeProvider.GetElapsedTime(last.Timestamp);
            return passed < Trusted ? last.Said + passed : null;
        }
    }

    /// <summary>The database has said what time it is.</summary>
    public void Note(DateTimeOffset said) => Volatile.Write(ref _last, new Reading(said, timeProvider.GetTimestamp()));

    private sealed record Reading(DateTimeOffset Said, long Timestamp);
}
