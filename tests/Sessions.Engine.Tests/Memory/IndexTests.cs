using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class IndexTests
{
    private static readonly TenantId Tenant = new("t");
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private readonly ManualTimeProvider _time = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public void Changes_are_listed_newest_first_and_move_to_the_front()
    {
        var index = new ChangeIndex(_time);
        var (a, b) = (Session("a", Commands.Create()), Session("b", Commands.Create()));
        index.Changed(a);
        index.Changed(b);
        index.Changed(a);
        var page = index.List(new(Tenant, null, null, null, 1, null))!;

        Assert.Equal("a", Assert.Single(page.Items).Key.Session.Value);
        var rest = index.List(new(Tenant, null, null, null, 1, page.Next))!;
        Assert.Equal("b", Assert.Single(rest.Items).Key.Session.Value);
        Assert.Null(rest.Next);
        Assert.Null(index.List(new(Tenant, null, null, null, 1, "-1")));
        Assert.Null(index.List(new(Tenant, null, null, null, 1, "")));
    }

    [Fact]
    public void Active_sessions_leave_their_list_when_they_rest()
    {
        var index = new ChangeIndex(_time);
        var session = Session("a", Commands.Send("r1"));
        index.Changed(session);
        Assert.Single(index.List(new(Tenant, null, true, null, 10, null))!.Items);
        Do(session, Commands.Abort());
        index.Changed(session);
        Assert.Empty(index.List(new(Tenant, null, true, null, 10, null))!.Items);
        Assert.Single(index.List(new(Tenant, null, null, null, 10, null))!.Items);
    }

    [Fact]
    public void Changes_since_a_time_survive_a_clock_that_goes_back()
    {
        var index = new ChangeIndex(_time);
        index.Changed(Session("a", Commands.Create()));
        var since = Now;
        _time.SetUtcNow(Now.AddMinutes(-1));
        index.Changed(Session("b", Commands.Create()));

        Assert.Equal(["b", "a"], index.Since(since).Select(id => id.Value));
    }

    [Fact]
    public void Ready_sessions_take_turns_over_all_lines()
    {
        var index = new ReadyIndex();
        string[] agents = ["poet", "echo", "echo"];
        for (var n = 0; n < 3; n++)
            index.Changed(Session($"s{n}", Commands.Send("r1", agent: new(agents[n]))));

        var taken = Enumerable.Range(0, 6).SelectMany(_ => index.Take(Tenant, Commands.Agents.Names, 1));
        Assert.Equal(["s0", "s1", "s2", "s0", "s1", "s2"], taken.Select(key => key.Session.Value));
        Assert.Equal(["s0", "s1", "s2"], index.Take(Tenant, Commands.Agents.Names, 10).Select(key => key.Session.Value));
    }

    [Fact]
    public void A_session_is_ready_for_its_heads_agent_only_and_no_longer_than_that()
    {
        var index = new ReadyIndex();
        var session = Session("s", Commands.Send("r1", agent: Commands.Poet), Commands.Send("r2", agent: Commands.Echo));
        index.Changed(session);
        Assert.Empty(index.Take(Tenant, new HashSet<AgentName> { Commands.Echo }, 10));

        Do(session, Commands.Abort(new RunId("r1")));
        index.Changed(session);
        Assert.Single(index.Take(Tenant, new HashSet<AgentName> { Commands.Echo }, 10));
        Assert.Empty(index.Take(Tenant, new HashSet<AgentName> { Commands.Poet }, 10));

        Do(session, Commands.Start(Ttl));
        index.Changed(session);
        Assert.Empty(index.Take(Tenant, Commands.Agents.Names, 10));
    }

    [Fact]
    public void Due_sessions_come_at_their_time_and_again_until_they_are_done()
    {
        var index = new DueIndex();
        var session = Session("s", Commands.Send("r1"), Commands.Start(Ttl));
        index.Changed(session);
        Assert.Empty(index.Take(Now + Ttl - TimeSpan.FromTicks(1), 10));
        Assert.Single(index.Take(Now + Ttl, 10));
        Assert.Empty(index.Take(Now + Ttl, 10));
        Assert.Single(index.Take(Now + Ttl + TimeSpan.FromSeconds(1), 10));

        Do(session, Commands.Abort());
        index.Changed(session);
        Assert.Empty(index.Take(DateTimeOffset.MaxValue, 10));
    }

    [Fact]
    public void A_due_session_whose_lease_was_extended_is_put_back()
    {
        var index = new DueIndex();
        var session = Session("s", Commands.Send("r1"), Commands.Start(Ttl));
        index.Changed(session);
        session.Append(new OutputWrite(session.State.Key, new("r1"), 1, null, [], Ttl), Now + TimeSpan.FromSeconds(10));

        Assert.Empty(index.Take(Now + Ttl, 10));
        Assert.Single(index.Take(Now + Ttl + TimeSpan.FromSeconds(10), 10));
    }

    [Fact]
    public void The_earliest_due_comes_first_and_no_more_than_asked_for()
    {
        var index = new DueIndex();
        for (var n = 0; n < 5; n++)
            index.Changed(Session($"s{n}", Commands.Send("r1") with { QueueTimeout = TimeSpan.FromSeconds(5 - n) }));

        var found = index.Take(Now + TimeSpan.FromSeconds(9), 2).Concat(index.Take(Now + TimeSpan.FromSeconds(9), 10));
        Assert.Equal(["s4", "s3", "s2", "s1", "s0"], found.Select(key => key.Session.Value));
    }

    private MemorySession Session(string name, params Command[] commands)
    {
        var session = new MemorySession(new(Tenant, new(name)));
        foreach (var command in commands)
            Do(session, command);

        return session;
    }

    private void Do(MemorySession session, Command command)
    {
        var facts = session.Look(command.KeyToLookUp, command.RunToLookUp);
        var accepted = Assert.IsType<Decision.Accepted>(Decider.Decide(session.State, command, facts, Now));
        Assert.NotNull(session.Append(
            new DecisionWrite(session.State.Key, session.State.Version, accepted.ExpectedBeats, accepted.Events, Now)));
    }
}
