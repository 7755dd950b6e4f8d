using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Engine.Tests;

public sealed class SignalTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Setting_it_wakes_the_waiter_once()
    {
        var signal = new Signal();
        var waiting = signal.WaitAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        signal.Set();
        await waiting.InTimeAsync("the waiter wakes");
        Assert.False(signal.WaitAsync(default).AsTask().IsCompleted);
    }

    [Fact]
    public void Setting_it_while_nobody_waits_is_remembered_once()
    {
        var signal = new Signal();
        signal.Set();
        signal.Set();
        Assert.True(signal.WaitAsync(default).AsTask().IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync(default).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_a_later_set_for_the_next_one()
    {
        var signal = new Signal();
        using var cancellation = new CancellationTokenSource();
        var waiting = signal.WaitAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);

        signal.Set();
        Assert.True(signal.WaitAsync(default).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_before_it_begins_takes_nothing()
    {
        var signal = new Signal();
        signal.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signal.WaitAsync(new CancellationToken(true)).AsTask());
        Assert.True(signal.WaitAsync(default).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public void A_second_waiter_is_refused()
    {
        var signal = new Signal();
        var first = signal.WaitAsync(default).AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = signal.WaitAsync(default).AsTask(); });
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_after_the_wait_ended_disturbs_no_later_one()
    {
        var signal = new Signal();
        using var cancellation = new CancellationTokenSource();
        var first = signal.WaitAsync(cancellation.Token).AsTask();
        signal.Set();
        await first.InTimeAsync("the first wait ends");
        var second = signal.WaitAsync(default).AsTask();
        await cancellation.CancelAsync();
        Assert.False(second.IsCompleted);
        signal.Set();
        await second.InTimeAsync("the second wait ends");
    }

    [Fact]
    public async Task No_set_is_lost_in_a_race_with_waits_and_cancellations()
    {
        var dice = new Dice(output);
        var signal = new Signal();
        const int Last = 20_000;
        long written = 0;
        var reading = Task.Run(async () =>
        {
            var cancelled = 0;
            while (Volatile.Read(ref written) < Last)
            {
                using var cancellation = new CancellationTokenSource();
                var cancelling = dice.Once(3) ? Task.Run(cancellation.Cancel) : Task.CompletedTask;
                try
                {
                    await signal.WaitAsync(cancellation.Token);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }

                await cancelling;
            }

            return cancelled;
        });
        for (var n = 1; n <= Last; n++)
        {
            Volatile.Write(ref written, n);
            signal.Set();
            if (dice.Once(50))
                await Task.Yield();
        }

        await reading.InTimeAsync("the reader sees the last value", () => $"Written: {written}.");
    }

    [Fact]
    public async Task Two_that_hand_over_in_turn_never_get_stuck()
    {
        var (ping, pong) = (new Signal(), new Signal());
        var answering = Task.Run(async () =>
        {
            for (var n = 0; n < 20_000; n++)
            {
                await ping.WaitAsync(default);
                pong.Set();
            }
        });
        var asking = Task.Run(async () =>
        {
            for (var n = 0; n < 20_000; n++)
            {
                ping.Set();
                await pong.WaitAsync(default);
            }
        });
        await Task.WhenAll(answering, asking).InTimeAsync("all turns are taken");
    }
}
