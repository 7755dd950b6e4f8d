using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>A session whose owner hangs, as on a silo that is stopped: it is not known to be dead, and answers nothing.</summary>
public sealed class HungOwnerTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = new("t");
    private static readonly EngineOptions Options = new();

    private readonly ManualTimeProvider _time = new();
    private readonly List<HookedStore> _stores = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStore _store;
    private SiloCluster? _silos;

    public HungOwnerTests() => _store = new MemoryStore(_time);

    public async Task InitializeAsync() => _silos = await SiloCluster.StartAsync(2, Options, _time, () =>
    {
        var store = new HookedStore(_store);
        lock (_stores)
            _stores.Add(store);

        return store;
    });

    public async Task DisposeAsync()
    {
        _released.TrySetResult();
        await _silos!.DisposeAsync();
    }

    [Fact]
    public async Task What_is_due_is_ended_without_it_and_without_waiting_for_it()
    {
        var (here, there) = (_silos!.Engines.First(), _silos.Engines.ElementAt(1));
        var key = new SessionKey(Tenant, new("s"));
        await there.Sessions.SendAsync(key, new Sending("x"), default);
        var claimed = Assert.Single(await there.Runs.ClaimAsync(new Claim(Tenant, new("w"), Commands.Agents.Names, 1, TimeSpan.Zero), default));
        var hung = await HangAsync(key);

        _time.Advance(Options.LeaseTtl + TimeSpan.FromSeconds(1));
        await here.SweepAsync(default).AsTask().InTimeAsync("the sweep");
        var run = (await here.Sessions.GetRunAsync(key, claimed.Run.Id, default, default)).Value!;
        Assert.Equal((RunStatus.Failed, RunErrorCode.WorkerLost), (run.Status, run.Error!.Code));
        Assert.False(hung.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_asks_for_a_change_is_told_in_bounded_time_that_it_can_not_be_reached()
    {
        var key = new SessionKey(Tenant, new("s"));
        await _silos!.Engines.First().Sessions.CreateAsync(key, null, null, null, default);
        var hung = await HangAsync(key);

        foreach (var engine in _silos.Engines)
        {
            var fault = await Assert.ThrowsAsync<StoreUnavailableException>(
                () => engine.Sessions.SendAsync(key, new Sending("x"), default).AsTask().InTimeAsync("the answer"));
            Assert.Contains("owner can't be reached", fault.Message, StringComparison.Ordinal);
            Assert.Equal(key, (await engine.Sessions.GetAsync(key, default)).Value!.Key);
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => hung);
    }

    /// <summary>Has the session's owner, wherever it is, never come back from a write.</summary>
    private async Task<Task> HangAsync(SessionKey key)
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var store in _stores)
        {
            store.Before = operation =>
            {
                if (operation != "append")
                    return Task.CompletedTask;

                store.Before = null;
                hanging.TrySetResult();
                return _released.Task;
            };
        }

        var asked = _silos!.Engines.First().Sessions.UpdateAsync(key, "never", null, default).AsTask();
        await hanging.Task.InTimeAsync("the owner hangs");
        foreach (var store in _stores)
            store.Before = null;

        return asked;
    }
}
