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

    private static T Yes<T>(Result<T> result)
        where T : notnull => result.IsRefused ? throw new InvalidOperationException($"{result.Refusal}") : result.Value!;

    private static SessionKey Key(string session) => new(Tenant, new(session));

    private static Claim Asking(string worker, TimeSpan wait, params AgentName[] agents) =>
        new(Tenant, new(worker), agents.Length == 0 ? Commands.Agents.Names : agents.ToHashSet(), 1, wait);

    private Task<IReadOnlyList<ClaimedRun>> ClaimAsync(string worker, CancellationToken cancellationToken = default, params AgentName[] agents) =>
        Runs.ClaimAsync(Asking(worker, Long, agents), cancellationToken).AsTask();

    private async Task SendAsync(string session, AgentName? agent = null) =>
        Yes(await Sessions.SendAsync(Key(session), new Sending("hello") { Agent = agent }, default));
}
