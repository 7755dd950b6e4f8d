using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class QuietAgentsTests
{
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(1);
    private static readonly TenantId Tenant = new("t");

    private readonly ManualTimeProvider _time = new();
    private readonly QuietAgents _quiet;

    public QuietAgentsTests() => _quiet = new QuietAgents(Trust, _time);

    [Fact]
    public void A_claim_is_covered_when_looks_have_shown_nothing_more_for_all_of_its_agents()
    {
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
        Look(Commands.Echo);

        Assert.True(_quiet.Cover(Asking(Commands.Echo)));
        Assert.False(_quiet.Cover(Asking(Commands.Echo, Commands.Poet)));
        Assert.False(_quiet.Cover(Asking(Commands.Echo) with { Tenant = new("other") }));
        Look(Commands.Poet);
        Assert.True(_quiet.Cover(Asking(Commands.Echo, Commands.Poet)));
        Assert.False(_quiet.Cover(Asking()));
    }

    [Fact]
    public void A_look_that_came_to_no_end_leaves_nothing_known()
    {
        Look(Commands.Echo);
        _quiet.Begin(Asking(Commands.Echo));
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
    }

    [Fact]
    public void Of_two_looks_the_one_that_began_last_counts()
    {
        var first = _quiet.Begin(Asking(Commands.Echo));
        var last = _quiet.Begin(Asking(Commands.Echo, Commands.Poet));
        _quiet.End(Asking(Commands.Echo), first);
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
        _quiet.End(Asking(Commands.Echo, Commands.Poet), last);
        Assert.True(_quiet.Cover(Asking(Commands.Echo)));
    }

    [Fact]
    public void A_wake_up_that_nobody_heard_ends_it_before_and_during_a_look()
    {
        Look(Commands.Echo, Commands.Poet);
        _quiet.Disturb(Tenant, Commands.Echo);
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
        Assert.True(_quiet.Cover(Asking(Commands.Poet)));

        var look = _quiet.Begin(Asking(Commands.Echo));
        _quiet.Disturb(Tenant, Commands.Echo);
        _quiet.End(Asking(Commands.Echo), look);
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
    }

    [Fact]
    public void It_is_trusted_for_a_time_from_when_the_look_began()
    {
        var look = _quiet.Begin(Asking(Commands.Echo));
        _time.Advance(Trust / 2);
        _quiet.End(Asking(Commands.Echo), look);
        _time.Advance((Trust / 2) - TimeSpan.FromTicks(1));
        Assert.True(_quiet.Cover(Asking(Commands.Echo)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
    }

    [Fact]
    public void What_it_remembers_is_bounded_and_what_is_not_trusted_any_more_makes_room()
    {
        for (var at = 0; at < QuietAgents.Capacity; at++)
            Look(new AgentName($"a{at}"));

        Look(Commands.Echo);
        Assert.False(_quiet.Cover(Asking(Commands.Echo)));
        Look(new AgentName("a0"));
        Assert.True(_quiet.Cover(Asking(new AgentName("a0"))));

        _time.Advance(Trust);
        Look(Commands.Echo);
        Assert.True(_quiet.Cover(Asking(Commands.Echo)));
    }

    private static Claim Asking(params AgentName[] agents) => new(Tenant, new("w1"), agents.ToHashSet(), 1, TimeSpan.FromMinutes(1));

    private void Look(params AgentName[] agents) => _quiet.End(Asking(agents), _quiet.Begin(Asking(agents)));
}
