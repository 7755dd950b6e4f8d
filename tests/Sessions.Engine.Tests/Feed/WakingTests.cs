using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>A read that comes back empty-handed means that somebody asked it to, not that a hint was old.</summary>
public sealed class WakingTests : IAsyncDisposable
{
    private static readonly SessionKey Key = new(new TenantId("t"), new SessionId("s"));

    private readonly MemoryReplicaBus _bus = new();
    private readonly IReplicaBus _other;
    private readonly DirectEngine _engine;

    public WakingTests()
    {
        _other = _bus.Connect();
        _engine = new DirectEngine(
            new MemoryStore(new ManualTimeProvider()), _bus.Connect(), EngineConformance.Agents, Commands.Echo, new EngineOptions(),
            new ManualTimeProvider(), new Random(1), NullLogger<DirectEngine>.Instance);
    }

    [Fact]
    public async Task An_old_hint_does_not_end_a_subscribers_read()
    {
        await _engine.Sessions.CreateAsync(Key, null, null, null, default);
        using var subscription = (await _engine.Sessions.SubscribeAsync(Key, 0, null, default)).Value!;
        while (await subscription.ReadAsync(default) is not SubscriptionItem.Synchronized)
        {
        }

        var reading = subscription.ReadAsync(default).AsTask();
        _other.Post(new Wakeup(Key, 1, false, null, []));
        await EndsOnlyWhenWokenAsync(reading, subscription.Wake);
        Assert.Null(await reading);
    }

    [Fact]
    public async Task A_signal_that_was_read_before_anybody_waited_does_not_end_the_next_read()
    {
        using var signals = _engine.Runs.Listen(Key.Tenant, new WorkerId("w1"));
        _other.Post(new Wakeup(Key, 1, true, null, [new WorkerSignal(Key, new WorkerId("w1"), new RunId("r"), 1, "user")]));
        Assert.Single(await signals.ReadAsync(default));

        var reading = signals.ReadAsync(default).AsTask();
        await EndsOnlyWhenWokenAsync(reading, signals.Wake);
        Assert.Empty(await reading);
    }

    [Fact]
    public async Task A_change_that_was_read_before_anybody_waited_does_not_end_a_watchers_next_read()
    {
        await _engine.Sessions.CreateAsync(Key, null, null, null, default);
        using var watch = _engine.Sessions.Watch(Key.Tenant, WatchSnapshot.None);
        Assert.IsType<WatchItem.Synchronized>(await watch.ReadAsync(default));
        _other.Post(new Wakeup(Key, 1, true, null, []));
        Assert.IsType<WatchItem.Sessions>(await watch.ReadAsync(default));

        var reading = watch.ReadAsync(default).AsTask();
        await EndsOnlyWhenWokenAsync(reading, watch.Wake);
        Assert.Null(await reading);
    }

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();

    private static async Task EndsOnlyWhenWokenAsync(Task reading, Action wake)
    {
        // Everything here runs to its end on the caller's thread, or on the pool: once the pool has been idle, it has run.
        for (var turn = 0; turn < 100; turn++)
            await Task.Yield();

        Assert.False(reading.IsCompleted);
        wake();
        await reading.InTimeAsync("the woken read returns");
    }
}
