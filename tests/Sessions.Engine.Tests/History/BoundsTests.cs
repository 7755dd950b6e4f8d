using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>The bound of invariant 2 is measured from the right moment, and what is over it is found.</summary>
public sealed class BoundsTests
{
    private static readonly SessionKey Key = new(new("t"), new("s"));
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private readonly ManualTimeProvider _time = new();
    private readonly History _history = new();

    [Fact]
    public async Task A_run_that_outlives_its_worker_is_measured_from_its_death()
    {
        await LostAsync(Ttl);
        var bounds = Bounds.Of(_history, Ttl + TimeSpan.FromSeconds(1));
        Assert.Equal((Ttl, Ttl), (bounds.Max, bounds.Median));
        Assert.Empty(bounds.Violations);
    }

    [Fact]
    public async Task A_run_that_outlives_its_worker_for_too_long_is_found()
    {
        await LostAsync(2 * Ttl);
        Assert.Equal(2, Assert.Single(Bounds.Of(_history, Ttl + TimeSpan.FromSeconds(1)).Violations).Invariant);
    }

    [Fact]
    public async Task A_store_that_was_away_counts_from_its_return()
    {
        var died = _time.GetUtcNow();
        await LostAsync(2 * Ttl);
        _history.Add(new Observation.StoreAway(died, died + Ttl));
        Assert.Equal(Ttl, Bounds.Of(_history, Ttl).Max);
    }

    [Fact]
    public async Task A_worker_that_dies_after_the_run_has_ended_is_nobodys_business()
    {
        await LostAsync(Ttl);
        _history.Add(new Observation.WorkerDied(new("w1"), _time.GetUtcNow() + Ttl));
        Assert.Single(Bounds.Of(_history, Ttl).Delays);
    }

    [Fact]
    public async Task A_run_that_was_turned_away_from_is_measured_by_its_epoch()
    {
        var run = await LostAsync(Ttl, died: false);
        _history.Add(new Observation.RunAbandoned(Key, run.Id, run.Epoch, run.StartedAt!.Value));
        _history.Add(new Observation.RunAbandoned(Key, run.Id, run.Epoch + 1, run.StartedAt!.Value));
        Assert.Equal([Ttl], Bounds.Of(_history, Ttl).Delays);
    }

    /// <summary>A run whose worker dies as soon as it has started it, and which is ended that much later.</summary>
    private async Task<Run> LostAsync(TimeSpan later, bool died = true)
    {
        var store = new MemoryStore(_time);
        var driver = new StoreDriver(store, Ttl);
        var run = await driver.RunningAsync(Key, "r1");
        if (died)
            _history.Add(new Observation.WorkerDied(new("w1"), _time.GetUtcNow()));

        _time.Advance(later);
        await driver.DoAsync(Key, new ExpireDue());
        _history.Add(new Final(await driver.StateAsync(Key), await driver.LogAsync(Key), await store.ListRunsAsync(Key, null, 10, default)));
        return run;
    }
}
