using Sessions.Testing;

namespace Sessions.Worker.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void It_stands_still_until_it_is_advanced()
    {
        var (now, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        Assert.Equal(now, _time.GetUtcNow());
        _time.Advance(Second);
        Assert.Equal(now + Second, _time.GetUtcNow());
        Assert.Equal(Second, _time.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_them()
    {
        var fired = new List<(string, TimeSpan)>();
        Arm("c", 3);
        Arm("a", 1);
        Arm("b1", 2);
        Arm("b2", 2);
        _time.Advance(2 * Second);
        Assert.Equal([("a", Second), ("b1", 2 * Second), ("b2", 2 * Second)], fired);
        Assert.Equal(Second, _time.UntilNextTimer);

        void Arm(string name, int due) =>
            _time.CreateTimer(_ => fired.Add((name, _time.Elapsed)), null, due * Second, Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_periodic_timer_fires_once_a_period()
    {
        var fired = new List<TimeSpan>();
        using var timer = _time.CreateTimer(_ => fired.Add(_time.Elapsed), null, Second, 2 * Second);
        _time.Advance(6 * Second);
        Assert.Equal([Second, 3 * Second, 5 * Second], fired);
        Assert.Equal(Second, _time.UntilNextTimer);
    }

    [Fact]
    public void A_timer_armed_by_a_callback_fires_within_the_same_advance()
    {
        var fired = 0;
        _time.CreateTimer(_ => _time.CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan), null, Second, Timeout.InfiniteTimeSpan);
        _time.Advance(2 * Second);
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_disposed_timer_does_not_fire_and_cannot_be_changed()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, Second, Second);
        timer.Dispose();
        Assert.False(timer.Change(Second, Second));
        _time.Advance(5 * Second);
        Assert.Equal(0, fired);
        Assert.Equal(0, _time.ArmedTimers);
        Assert.Null(_time.UntilNextTimer);
    }

    [Fact]
    public void A_timer_may_dispose_of_itself_and_of_another_that_is_due_too()
    {
        var fired = 0;
        ITimer? first = null, second = null;
        first = _time.CreateTimer(_ => { fired++; first!.Dispose(); second!.Dispose(); }, null, Second, Second);
        second = _time.CreateTimer(_ => fired++, null, Second, Second);
        _time.Advance(5 * Second);
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_changed_timer_forgets_its_old_due_time()
    {
        var fired = new List<TimeSpan>();
        using var timer = _time.CreateTimer(_ => fired.Add(_time.Elapsed), null, Second, Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(3 * Second, Timeout.InfiniteTimeSpan));
        _time.Advance(2 * Second);
        Assert.Empty(fired);
        _time.Advance(2 * Second);
        Assert.Equal([3 * Second], fired);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Second));
        _time.Advance(10 * Second);
        Assert.Single(fired);
    }

    [Fact]
    public async Task A_timer_without_a_wait_fires_without_an_advance()
    {
        var fired = new TaskCompletionSource();
        await using var timer = _time.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, Second);
        await fired.Task.WaitAsync(Eventually.Deadline);
        Assert.Equal(Second, _time.UntilNextTimer);
    }

    [Fact]
    public async Task Delays_timeouts_and_cancellations_of_the_library_follow_it()
    {
        using var cancellation = new CancellationTokenSource(Second, _time);
        var delay = Task.Delay(Second, _time);
        var timeout = new TaskCompletionSource().Task.WaitAsync(Second, _time);
        using var periodic = new PeriodicTimer(Second, _time);
        var tick = periodic.WaitForNextTickAsync();
        Assert.Equal(4, _time.ArmedTimers);
        _time.Advance(Second);
        await delay;
        Assert.True(await tick);
        Assert.True(cancellation.IsCancellationRequested);
        await Assert.ThrowsAsync<TimeoutException>(() => timeout);
    }

    [Fact]
    public void The_wall_clock_can_be_set_back_without_timers_and_timestamps_noticing()
    {
        var fired = 0;
        using var timer = _time.CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan);
        var past = _time.GetUtcNow() - TimeSpan.FromDays(1);
        _time.SetUtcNow(past);
        Assert.Equal(past, _time.GetUtcNow());
        Assert.Equal(0, _time.GetTimestamp());
        _time.Advance(Second);
        Assert.Equal(past + Second, _time.GetUtcNow());
        Assert.Equal(1, fired);
    }

    [Fact]
    public void Times_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(-Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(_ => { }, null, -Second, Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(_ => { }, null, TimeSpan.FromDays(60), Second));
    }

    [Fact]
    public async Task Many_threads_may_arm_dispose_and_advance_at_once()
    {
        var fired = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var timer = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, Second, Timeout.InfiniteTimeSpan);
                if (i % 2 == 0)
                    timer.Dispose();
                if (i % 10 == thread)
                    _time.Advance(TimeSpan.FromMilliseconds(1));
            }
        })));
        _time.Advance(2 * Second);
        Assert.Equal(8 * 250, fired);
        Assert.Equal(0, _time.ArmedTimers);
    }
}
