using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class RunDispatcherTests
{
    private static readonly TenantId Tenant = new("t");
    private static readonly HashSet<AgentName> Echo = [Commands.Echo];
    private static readonly HashSet<AgentName> Poet = [Commands.Poet];

    private static readonly WorkerId Worker = new("w1");

    private readonly RunDispatcher _dispatcher = new(new QuietAgents(TimeSpan.FromSeconds(1), TimeProvider.System));

    [Fact]
    public void The_preferred_worker_is_woken_if_it_waits_for_the_agent_and_else_the_first_in_line()
    {
        using var first = Enter(Tenant, new("w2"), Echo);
        using var elsewhere = Enter(Tenant, Worker, Poet);
        using var preferred = Enter(Tenant, Worker, Echo);

        _dispatcher.Wake(Tenant, Commands.Echo, Worker);
        Assert.Equal((false, false, true), (IsWoken(first), IsWoken(elsewhere), IsWoken(preferred)));
        _dispatcher.Wake(Tenant, Commands.Echo, Worker);
        Assert.Equal((true, false), (IsWoken(first), IsWoken(elsewhere)));
    }

    [Fact]
    public void One_is_woken_the_first_in_line_that_runs_the_agent()
    {
        using var poet = Enter(Tenant, Worker, Poet);
        using var first = Enter(Tenant, Worker, Echo);
        using var second = Enter(Tenant, Worker, Echo);

        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal((false, true, false), (IsWoken(poet), IsWoken(first), IsWoken(second)));
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal((false, true), (IsWoken(poet), IsWoken(second)));
    }

    [Fact]
    public void Nobody_of_another_tenant_is_woken()
    {
        using var other = Enter(new("other"), Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.False(IsWoken(other));
    }

    [Fact]
    public void Who_leaves_without_taking_notice_passes_the_wake_up_on()
    {
        var first = Enter(Tenant, Worker, Echo);
        using var poet = Enter(Tenant, Worker, Poet);
        using var second = Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        first.Dispose();

        Assert.Equal((false, true), (IsWoken(poet), IsWoken(second)));
        Assert.Equal(Commands.Echo, second.TakeWakeUp());
    }

    [Fact]
    public void Who_took_notice_keeps_it()
    {
        var first = Enter(Tenant, Worker, Echo);
        using var second = Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal(Commands.Echo, first.TakeWakeUp());
        Assert.Null(first.TakeWakeUp());
        first.Dispose();
        first.Dispose();

        Assert.False(IsWoken(second));
    }

    [Fact]
    public void Who_left_is_not_woken()
    {
        Enter(Tenant, Worker, Echo).Dispose();
        using var second = Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.True(IsWoken(second));
    }

    [Fact]
    public async Task No_wake_up_is_lost_while_waiters_come_and_go()
    {
        const int Wakes = 5000;
        var taken = 0;
        using var patient = Enter(Tenant, Worker, Poet);
        await Race.RunAsync(4, runner =>
        {
            for (var n = 0; n < Wakes; n++)
            {
                if (runner == 0)
                {
                    _dispatcher.Wake(Tenant, Commands.Echo);
                    continue;
                }

                // Each that is woken and leaves hands on to whoever is in line, so that at the end one is left or none.
                using var waiter = Enter(Tenant, Worker, Echo);
                if (n % 3 == 0 && waiter.TakeWakeUp() is not null)
                    Interlocked.Increment(ref taken);
            }

            return Task.CompletedTask;
        });

        Assert.InRange(taken, 0, Wakes);
        using var last = Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.True(IsWoken(last));
        Assert.False(IsWoken(patient));
    }

    [Fact]
    public void Runs_are_reserved_for_open_claims_alone_spread_over_them_and_no_more_than_they_ask_for()
    {
        using var closed = Enter(Tenant, Worker, Echo);
        using var poet = Enter(Tenant, Worker, Poet);
        Assert.Null(_dispatcher.Reserve(Tenant, Commands.Echo, null));

        using var first = Enter(Tenant, Worker, Echo, max: 2);
        using var second = Enter(Tenant, new("w2"), Echo);
        poet.Open(1);
        first.Open(2);
        second.Open(1);
        RunDispatcher.Reservation?[] reserved = [.. Enumerable.Range(0, 4).Select(_ => _dispatcher.Reserve(Tenant, Commands.Echo, null))];
        Assert.Equal([Worker, new("w2"), Worker, (WorkerId?)null], reserved.Select(reservation => reservation?.Claim.Worker));

        // Given up, the room is there again, and a preference counts where there is room.
        reserved[1]!.Dispose();
        reserved[1]!.Dispose();
        Assert.Equal(new("w2"), _dispatcher.Reserve(Tenant, Commands.Echo, Worker)?.Claim.Worker);
        Assert.False(closed.IsFilling);
    }

    [Fact]
    public void A_wake_up_goes_to_a_claim_that_no_run_is_on_its_way_to()
    {
        using var reserved = Enter(Tenant, Worker, Echo);
        using var free = Enter(Tenant, new("w2"), Echo);
        reserved.Open(1);
        Assert.NotNull(_dispatcher.Reserve(Tenant, Commands.Echo, null));
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal((false, true), (IsWoken(reserved), IsWoken(free)));

        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.True(IsWoken(reserved));
    }

    [Fact]
    public async Task A_wake_up_is_not_lost_on_a_claim_that_waits_for_a_run_on_its_way()
    {
        using var claim = Enter(Tenant, Worker, Echo);
        claim.Open(1);
        using var reserved = _dispatcher.Reserve(Tenant, Commands.Echo, null)!;
        _dispatcher.Wake(Tenant, Commands.Echo);
        await claim.Signal.WaitAsync(default);
        Assert.True(claim.IsFilling);

        // The run never comes. Whoever begins to wait now has been woken already.
        reserved.Dispose();
        await claim.Signal.WaitAsync(default);
        claim.Open(1);
        Assert.Null(_dispatcher.Reserve(Tenant, Commands.Echo, null));
        await claim.Signal.WaitAsync(default).AsTask().InTimeAsync("it is told again");
        Assert.Equal(Commands.Echo, claim.TakeWakeUp());
    }

    [Fact]
    public void A_claim_that_was_given_a_run_takes_what_is_on_its_way_and_one_that_is_over_takes_none()
    {
        var claim = Enter(Tenant, Worker, Echo, max: 3);
        claim.Open(3);
        var reserved = Enumerable.Range(0, 3).Select(_ => _dispatcher.Reserve(Tenant, Commands.Echo, null)!).ToArray();
        Assert.True(reserved[0].Give(null!));
        Assert.True(claim.IsFilling);
        claim.Shut();
        reserved[1].Dispose();
        Assert.Null(_dispatcher.Reserve(Tenant, Commands.Echo, null));

        claim.Open(1);
        Assert.True(_dispatcher.Reserve(Tenant, Commands.Echo, null)!.Give(null!));
        Assert.Null(_dispatcher.Reserve(Tenant, Commands.Echo, null));

        Assert.Equal(2, claim.TakeGiven().Count);
        Assert.False(reserved[2].Give(null!));
        Assert.False(claim.IsFilling);
        claim.Dispose();
    }

    private RunDispatcher.Waiter Enter(TenantId tenant, WorkerId worker, HashSet<AgentName> agents, int max = 1) =>
        _dispatcher.Enter(new Claim(tenant, worker, agents, max, TimeSpan.FromSeconds(20)));

    private static bool IsWoken(RunDispatcher.Waiter waiter) => waiter.Woken is not null;
}
