using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class RunDispatcherTests
{
    private static readonly TenantId Tenant = new("t");
    private static readonly HashSet<AgentName> Echo = [Commands.Echo];
    private static readonly HashSet<AgentName> Poet = [Commands.Poet];

    private static readonly WorkerId Worker = new("w1");

    private readonly RunDispatcher _dispatcher = new();

    [Fact]
    public void The_preferred_worker_is_woken_if_it_waits_for_the_agent_and_else_the_first_in_line()
    {
        using var first = _dispatcher.Enter(Tenant, new("w2"), Echo);
        using var elsewhere = _dispatcher.Enter(Tenant, Worker, Poet);
        using var preferred = _dispatcher.Enter(Tenant, Worker, Echo);

        _dispatcher.Wake(Tenant, Commands.Echo, Worker);
        Assert.Equal((false, false, true), (IsWoken(first), IsWoken(elsewhere), IsWoken(preferred)));
        _dispatcher.Wake(Tenant, Commands.Echo, Worker);
        Assert.Equal((true, false), (IsWoken(first), IsWoken(elsewhere)));
    }

    [Fact]
    public void One_is_woken_the_first_in_line_that_runs_the_agent()
    {
        using var poet = _dispatcher.Enter(Tenant, Worker, Poet);
        using var first = _dispatcher.Enter(Tenant, Worker, Echo);
        using var second = _dispatcher.Enter(Tenant, Worker, Echo);

        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal((false, true, false), (IsWoken(poet), IsWoken(first), IsWoken(second)));
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.Equal((false, true), (IsWoken(poet), IsWoken(second)));
    }

    [Fact]
    public void Nobody_of_another_tenant_is_woken()
    {
        using var other = _dispatcher.Enter(new("other"), Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.False(IsWoken(other));
    }

    [Fact]
    public void Who_leaves_without_taking_notice_passes_the_wake_up_on()
    {
        var first = _dispatcher.Enter(Tenant, Worker, Echo);
        using var poet = _dispatcher.Enter(Tenant, Worker, Poet);
        using var second = _dispatcher.Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        first.Dispose();

        Assert.Equal((false, true), (IsWoken(poet), IsWoken(second)));
        Assert.Equal(Commands.Echo, second.TakeWakeUp());
    }

    [Fact]
    public void Who_took_notice_keeps_it()
    {
        var first = _dispatcher.Enter(Tenant, Worker, Echo);
        using var second = _dispatcher.Enter(Tenant, Worker, Echo);
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
        _dispatcher.Enter(Tenant, Worker, Echo).Dispose();
        using var second = _dispatcher.Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.True(IsWoken(second));
    }

    [Fact]
    public async Task No_wake_up_is_lost_while_waiters_come_and_go()
    {
        const int Wakes = 5000;
        var taken = 0;
        using var patient = _dispatcher.Enter(Tenant, Worker, Poet);
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
                using var waiter = _dispatcher.Enter(Tenant, Worker, Echo);
                if (n % 3 == 0 && waiter.TakeWakeUp() is not null)
                    Interlocked.Increment(ref taken);
            }

            return Task.CompletedTask;
        });

        Assert.InRange(taken, 0, Wakes);
        using var last = _dispatcher.Enter(Tenant, Worker, Echo);
        _dispatcher.Wake(Tenant, Commands.Echo);
        Assert.True(IsWoken(last));
        Assert.False(IsWoken(patient));
    }

    private static bool IsWoken(RunDispatcher.Waiter waiter) => waiter.Woken is not null;
}
