using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>
/// A silo dies between a decision's commit and its answer. Nobody knows then what came of it, as when a replica of the direct
/// engine dies: the caller is told so, unless repeating it is safe (invariants 17 and 36).
/// </summary>
public sealed class UnknownOutcomeTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = new("t");

    private readonly ManualTimeProvider _time = new();
    private readonly HookedStore _store;
    private SiloCluster? _silos;

    public UnknownOutcomeTests() => _store = new HookedStore(new MemoryStore(_time));

    /// <summary>A silo that lives hears of the other's death at once; a client behind it waits in vain.</summary>
    private ISessions Door => _silos!.Engines.First().Sessions;

    private IRuns Runs => _silos!.Engines.First().Runs;

    public async Task InitializeAsync() => _silos = await SiloCluster.StartAsync(3, new EngineOptions(), _time, () => _store);

    public async Task DisposeAsync() => await _silos!.DisposeAsync();

    [Fact]
    public async Task A_send_without_a_key_is_not_refused_for_the_run_that_it_made_itself()
    {
        var key = await OwnedAsync(1);
        var sending = await AnsweredByTheDeadAsync(key, () => Door.SendAsync(key, new Sending("once"), default).AsTask());

        await Assert.ThrowsAsync<StoreUnavailableException>(() => sending);
        Assert.Single((await Door.ListRunsAsync(key, null, 10, default)).Value!);
    }

    [Fact]
    public async Task A_client_behind_another_silo_is_told_in_bounded_time()
    {
        var key = await OwnedAsync(1);
        var client = _silos!.Engines.Last().Sessions;
        var sending = await AnsweredByTheDeadAsync(key, () => client.SendAsync(key, new Sending("once"), default).AsTask());

        await Assert.ThrowsAsync<StoreUnavailableException>(() => sending);
        Assert.Single((await client.ListRunsAsync(key, null, 10, default)).Value!);
    }

    [Fact]
    public async Task A_send_with_a_key_gets_its_run()
    {
        var key = await OwnedAsync(1);
        var sending = await AnsweredByTheDeadAsync(key, () => Door.SendAsync(key, new Sending("once") { IdempotencyKey = "k" }, default).AsTask());

        var sent = (await sending).Value!.Run!;
        Assert.Equal(sent.Id, Assert.Single((await Door.ListRunsAsync(key, null, 10, default)).Value!).Id);
    }

    [Fact]
    public async Task A_reset_happens_once()
    {
        var key = await OwnedAsync(1);
        var resetting = await AnsweredByTheDeadAsync(key, () => Door.ResetAsync(key, default).AsTask());

        await Assert.ThrowsAsync<StoreUnavailableException>(() => resetting);
        Assert.Equal(2, (await Door.GetAsync(key, default)).Value!.Generation);
    }

    [Fact]
    public async Task A_completion_is_not_called_late_for_what_it_did_itself()
    {
        var key = await OwnedAsync(1);
        await Door.SendAsync(key, new Sending("x"), default);
        var claimed = Assert.Single(await Runs.ClaimAsync(new Claim(Tenant, new("w"), Commands.Agents.Names, 1, TimeSpan.Zero), default));
        var completing = await AnsweredByTheDeadAsync(
            key, () => Runs.CompleteAsync(key, claimed.Run.Id, claimed.Lease.Epoch, "done", null, default).AsTask());

        await Assert.ThrowsAsync<StoreUnavailableException>(() => completing);
        Assert.Equal(RunStatus.Completed, (await Door.GetRunAsync(key, claimed.Run.Id, default, default)).Value!.Status);
    }

    /// <summary>A session that is active on a silo; which one that is can't be chosen.</summary>
    private async Task<SessionKey> OwnedAsync(int silo)
    {
        var management = _silos!.Cluster.Client.GetGrain<IManagementGrain>(0);
        for (var n = 0; ; n++)
        {
            var key = new SessionKey(Tenant, new($"s{n}"));
            await _silos.Engines.ElementAt(silo).Sessions.CreateAsync(key, null, null, null, default);
            var address = await management.GetActivationAddress(_silos.Cluster.Client.GetGrain<IOwnerGrain>(key.ToString()));
            if (address is not null && address.Equals(_silos.Cluster.Silos[silo].SiloAddress))
                return key;
        }
    }

    /// <summary>Asks, and kills the silo that has carried it out before it has answered.</summary>
    private async Task<Task<T>> AnsweredByTheDeadAsync<T>(SessionKey key, Func<Task<T>> ask)
    {
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.After = operation => operation == "append" && committed.TrySetResult() ? answered.Task : Task.CompletedTask;
        var asking = ask();
        await committed.Task.InTimeAsync($"the change of {key} is committed");
        await _silos!.Cluster.KillSiloAsync(_silos.Cluster.Silos[1]);
        answered.SetResult();
        await ((Task)asking).ContinueWith(static _ => { }, TaskScheduler.Default).InTimeAsync("the caller gets an answer");
        return asking;
    }
}
