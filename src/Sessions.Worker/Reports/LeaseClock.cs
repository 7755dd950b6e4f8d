using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// What a worker knows of its lease: how long it surely holds. Keeps invariant 26 by telling when a heartbeat is due,
/// and lets a worker that was cut off stop by itself. Safety does not depend on it: the epoch fences every write.
/// </summary>
/// <remarks>Counted from when a report was sent, by the monotonic clock: never longer than the store's own count.</remarks>
internal sealed class LeaseClock
{
    private static readonly TimeSpan ShortestTtl = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(1);

    private readonly TimeProvider _timeProvider;
    private long _extendedAt;

    public LeaseClock(LeaseResource lease, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _extendedAt = timeProvider.GetTimestamp();
        Ttl = double.IsNaN(lease.TtlSeconds) || lease.TtlSeconds <= ShortestTtl.TotalSeconds ? ShortestTtl
            : lease.TtlSeconds >= LongestTtl.TotalSeconds ? LongestTtl
            : TimeSpan.FromSeconds(lease.TtlSeconds);
    }

    public TimeSpan Ttl { get; }

    public TimeSpan HeartbeatInterval => Ttl / 3;

    /// <summary>Zero or less when one is due. In whole milliseconds, rounded up: a delay would round down and not wait.</summary>
    public TimeSpan UntilHeartbeat => TimeSpan.FromMilliseconds(Math.Ceiling((HeartbeatInterval - Age).TotalMilliseconds));

    /// <summary>True when a heartbeat has been due for so long that something keeps it from being sent.</summary>
    public bool IsHeartbeatLate => Age is var age && age >= Ttl / 2 && age < Ttl;

    /// <summary>False once the lease has expired unless the clocks disagree.</summary>
    public bool MayBeAlive => Age < Ttl;

    private TimeSpan Age => _timeProvider.GetElapsedTime(Interlocked.Read(ref _extendedAt));

    /// <summary>A report sent at this timestamp was accepted.</summary>
    public void Extend(long sentAt)
    {
        var seen = Interlocked.Read(ref _extendedAt);
        while (sentAt > seen)
        {
            var before = Interlocked.CompareExchange(ref _extendedAt, sentAt, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
