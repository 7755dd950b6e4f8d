using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>
/// Claims on one replica of what is sent through another, with something put in their way. The clock stands still: no poll
/// repairs a lost wake-up.
/// </summary>
public sealed class RunClaimsTests : IDisposable
{
    private static readonly TenantId Tenant = new("t");
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly MemoryCluster _cluster;
    private HookedStore? _store;

    public RunClaimsTests() => _cluster = new MemoryCluster(new EngineOptions(), store => _store = new HookedStore(store), replicas: 2);

    private ISessions Sessions => _cluster.Replicas[1].Sessions;

    private IRuns Runs => _cluster.Replicas[0].Runs;

    private HookedStore Store => _store!;

    public void Dispose() => _cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Fact]
    public async Task Invariant_24_a_claim_that_fails_between_its_wake_up_and_its_look_passes_the_wake_up_on()
    {
        var failing = ClaimAsync("w1");
        var waiting = ClaimAsync("w2");
        var failed = false;
        Store.Before = operation =>
        {
            if (operation == "ready" && !Interlocked.Exchange(ref failed, true))
                throw new StoreUnavailableException();

            return Task.CompletedTask;
        };

        await SendAsync("s");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => failing);
        Assert.Single(await waiting.InTimeAsync("the other claim is woken"));
    }

    [Fact]
    public async Task Invariant_24_a_claim_that_is_cancelled_between_its_wake_up_and_its_look_passes_the_wake_up_on()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = ClaimAsync("w1", cancellation.Token);
        var waiting = ClaimAsync("w2");
        var once = false;
        Store.Before = async operation =>
        {
            if (operation == "ready" && !Interlocked.Exchange(ref once, true))
                await cancellation.CancelAsync();
        };

        await SendAsync("s");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Single(await waiting.InTimeAsync("the other claim is woken"));
    }

    [Fact]
    public async Task A_claim_that_was_woken_for_one_agent_and_got_another_passes_the_wake_up_on()
    {
        var both = ClaimAsync("both");
        var echo = ClaimAsync("echo", default, Commands.Echo);

        // An older run of another agent, of which no wake-up told.
        await new StoreDriver(_cluster.Store, default).DoAsync(Key("older"), Commands.Send("r1", agent: Commands.Poet));
        await SendAsync("s", Commands.Echo);

        Assert.Equal(Key("older"), Assert.Single(await both.InTimeAsync("the first claim is answered")).Key);
        Assert.Equal(Key("s"), Assert.Single(await echo.InTimeAsync("the second claim is answered")).Key);
    }

    [Fact]
    public async Task A_claim_that_loses_the_race_for_the_one_it_was_shown_goes_on_to_the_next()
    {
        await SendAsync("s1");
        await SendAsync("s2");
        var raced = false;
        Store.Before = async operation =>
        {
            // Between being shown s1 and starting it, another one starts it.
            if (operation == "load" && !Interlocked.Exchange(ref raced, true))
                await new StoreDriver(_cluster.Store, TimeSpan.FromSeconds(15)).StartAsync(Key("s1"), "faster");
        };

        var claimed = Assert.Single(await Runs.ClaimAsync(Asking("w1", default), default));
        Assert.Equal(Key("s2"), claimed.Key);
    }

    [Fact]
    public async Task Invariant_24_a_fault_after_some_runs_were_started_loses_none_of_them()
    {
        await SendAsync("s1");
        await SendAsync("s2");
        var appended = 0;
        Store.Before = operation => operation == "append" && Interlocked.Increment(ref appended) == 2
            ? throw new StoreUnavailableException() : Task.CompletedTask;

        var claimed = await Runs.ClaimAsync(Asking("w1", default) with { Max = 5 }, default);
        Assert.Equal(Key("s1"), Assert.Single(claimed).Key);
    }

    [Fact]
    public async Task Invariant_24_a_cancellation_after_some_runs_were_started_loses_none_of_them()
    {
        await SendAsync("s1");
        await SendAsync("s2");
        using var cancellation = new CancellationTokenSource();
        Store.Before = async operation =>
        {
            if (operation == "append")
                await cancellation.CancelAsync();
        };

        var claimed = await Runs.ClaimAsync(Asking("w1", default) with { Max = 5 }, cancellation.Token);
        Assert.Equal([Key("s1"), Key("s2")], claimed.Select(one => one.Key));
    }

    [Fact]
    public async Task A_poll_finds_what_no_wake_up_told_of()
    {
        var waiting = ClaimAsync("w1");
        await new StoreDriver(_cluster.Store, default).DoAsync(Key("s"), Commands.Send("r1"));
        Assert.False(waiting.IsCompleted);
        _cluster.Time.Advance(new EngineOptions().RepairInterval * 1.25);
        Assert.Single(await waiting.InTimeAsync("the poll finds the run"));
    }

    [Fact]
    public async Task A_claim_does_not_ask_the_store_again_for_what_it_has_just_said()
    {
        var looks = CountLooks();
        var waiting = ClaimAsync("w1");
        Assert.Equal(1, looks());
        var other = ClaimAsync("w2");
        Assert.Equal(1, looks());

        await SendAsync("s1");
        await SendAsync("s2");
        Assert.Single(await waiting.InTimeAsync("the first claim is woken"));
        Assert.Single(await other.InTimeAsync("the second claim is woken"));
    }

    [Fact]
    public async Task A_claim_that_does_not_wait_always_asks_the_store()
    {
        var looks = CountLooks();
        Assert.Empty(await Runs.ClaimAsync(Asking("w1", default), default));
        Assert.Empty(await Runs.ClaimAsync(Asking("w1", default), default));
        Assert.Equal(2, looks());
    }

    [Fact]
    public async Task Invariant_24_a_run_whose_wake_up_found_nobody_is_found_by_the_next_claim()
    {
        Assert.Empty(await Runs.ClaimAsync(Asking("w1", default), default));
        await SendAsync("s");
        Assert.Single(await ClaimAsync("w2").InTimeAsync("the claim looks first"));
    }

    [Fact]
    public async Task Invariant_24_a_run_that_becomes_ready_while_a_look_is_under_way_is_found_by_the_next_claim()
    {
        var sent = false;
        Store.After = async operation =>
        {
            // What was read does not show it, and nobody waits who could be woken: this claim does not.
            if (operation == "ready" && !Interlocked.Exchange(ref sent, true))
                await SendAsync("s");
        };

        var first = await Runs.ClaimAsync(Asking("w1", default), default);
        var second = first.Count > 0 ? first : await ClaimAsync("w2").InTimeAsync("the claim looks first");
        Assert.Equal(Key("s"), Assert.Single(second).Key);
    }

    [Fact]
    public async Task Invariant_24_a_claim_that_got_all_that_it_asked_for_leaves_the_rest_to_the_next()
    {
        var waiting = ClaimAsync("w1");
        await new StoreDriver(_cluster.Store, default).DoAsync(Key("silent"), Commands.Send("r1"));
        await SendAsync("loud");
        Assert.Equal(Key("silent"), Assert.Single(await waiting.InTimeAsync("it is woken")).Key);
        Assert.Equal(Key("loud"), Assert.Single(await ClaimAsync("w2").InTimeAsync("the claim looks first")).Key);
    }

    [Fact]
    public async Task Invariant_24_a_claim_that_fails_at_its_look_leaves_the_next_to_look()
    {
        Assert.Empty(await Runs.ClaimAsync(Asking("w1", default), default));
        await new StoreDriver(_cluster.Store, default).DoAsync(Key("s"), Commands.Send("r1"));
        Store.Before = operation => operation == "ready" ? throw new StoreUnavailableException() : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Runs.ClaimAsync(Asking("w2", default), default));
        Store.Before = null;

        Assert.Single(await ClaimAsync("w3").InTimeAsync("the claim looks first"));
    }

    [Fact]
    public async Task A_claim_asks_again_when_a_wake_up_may_have_been_lost()
    {
        Assert.Empty(await Runs.ClaimAsync(Asking("w1", default), default));
        await new StoreDriver(_cluster.Store, default).DoAsync(Key("s"), Commands.Send("r1"));
        _cluster.Time.Advance(new EngineOptions().RepairInterval);
        Assert.Single(await ClaimAsync("w2").InTimeAsync("the claim looks first"));
    }

    private static T Yes<T>(Result<T> result)
        where T : notnull => result.IsRefused ? throw new InvalidOperationException($"{result.Refusal}") : result.Value!;

    private static SessionKey Key(string session) => new(Tenant, new(session));

    private static Claim Asking(string worker, TimeSpan wait, params AgentName[] agents) =>
        new(Tenant, new(worker), agents.Length == 0 ? Commands.Agents.Names : agents.ToHashSet(), 1, wait);

    private Func<int> CountLooks()
    {
        var looks = 0;
        Store.Before = operation =>
        {
            if (operation == "ready")
                Interlocked.Increment(ref looks);

            return Task.CompletedTask;
        };
        return () => Volatile.Read(ref looks);
    }

    private Task<IReadOnlyList<ClaimedRun>> ClaimAsync(string worker, CancellationToken cancellationToken = default, params AgentName[] agents) =>
        Runs.ClaimAsync(Asking(worker, Long, agents), cancellationToken).AsTask();

    private async Task SendAsync(string session, AgentName? agent = null) =>
        Yes(await Sessions.SendAsync(Key(session), new Sending("hello") { Agent = agent }, default));
}
