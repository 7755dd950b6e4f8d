namespace Sessions.Testing;

/// <summary>
/// A clock that stands still until a test advances it. Timers fire on the thread that advances, in the order of their
/// due times and, at the same one, of their arming; the clock shows each timer's due time while it fires. A timer that
/// is armed with nothing to wait for fires on the pool at once, as a real one does.
/// </summary>
/// <remarks>
/// Thread-safe; advances from several threads come one after the other. The wall clock may be set without the
/// timestamps, as a machine's is. Callbacks run outside the lock and in their creator's execution context.
/// </remarks>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly Lock _advancing = new();
    private readonly PriorityQueue<Arming, (long Due, long Order)> _armed = new();
    private TimeSpan _wallOffset;
    private long _now;
    private long _order;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How much the clock has been advanced.</summary>
    public TimeSpan Elapsed => new(Interlocked.Read(ref _now));

    /// <summary>How many timers are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _armed.UnorderedItems.Count(item => item.Element.IsCurrent);
        }
    }

    /// <summary>How long it is until the next timer fires; null when none is armed.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock)
                return Next() is { } next ? new TimeSpan(next.Due - _now) : null;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return start + new TimeSpan(_now) + _wallOffset;
    }

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Sets the wall clock, back or forth. Timers and timestamps do not notice.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (_lock)
            _wallOffset = now - start - new TimeSpan(_now);
    }

    /// <summary>Lets time pass and fires every timer that comes due on the way, those armed meanwhile included.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        lock (_advancing)
        {
            var end = GetTimestamp() + time.Ticks;
            while (TakeDue(end) is { } timer)
                timer.Fire();
            lock (_lock)
                Interlocked.Exchange(ref _now, Math.Max(_now, end));
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock to the next timer due by then, arms it again if it is periodic, and gives it out.</summary>
    private ManualTimer? TakeDue(long end)
    {
        lock (_lock)
        {
            if (Next() is not { } next || next.Due > end)
                return null;

            _armed.Dequeue();
            Interlocked.Exchange(ref _now, Math.Max(_now, next.Due));
            next.Timer.Rearm(next.Due);
            return next.Timer;
        }
    }

    /// <summary>The next armed timer, dropping what was changed or disposed of since.</summary>
    private Arming? Next()
    {
        while (_armed.TryPeek(out var arming, out _))
        {
            if (arming.IsCurrent)
                return arming;
            _armed.Dequeue();
        }

        return null;
    }

    private sealed record Arming(ManualTimer Timer, long Due)
    {
        public bool IsCurrent => Timer.Current == this;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private long _period;
        private bool _disposed;

        /// <summary>Guarded by the clock's lock.</summary>
        public Arming? Current { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime, nameof(dueTime));
            Check(period, nameof(period));
            lock (clock._lock)
            {
                if (_disposed)
                    return false;

                _period = period > TimeSpan.Zero ? period.Ticks : 0;
                Current = null;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                if (dueTime > TimeSpan.Zero)
                {
                    Arm(clock._now + dueTime.Ticks);
                    return true;
                }

                Rearm(clock._now);
            }

            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            return true;
        }

        public void Rearm(long firedAt)
        {
            Current = null;
            if (_period > 0)
                Arm(firedAt + _period);
        }

        /// <summary>A timer that was disposed of between coming due and firing does not fire.</summary>
        public void Fire()
        {
            lock (clock._lock)
            {
                if (_disposed)
                    return;
            }

            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _disposed = true;
                Current = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Call() => callback(state);

        private void Arm(long due)
        {
            Current = new Arming(this, due);
            clock._armed.Enqueue(Current, (due, clock._order++));
        }

        private static void Check(TimeSpan time, string name)
        {
            if (time != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest, name);
            }
        }
    }
}
