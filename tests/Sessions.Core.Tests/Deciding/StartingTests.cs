namespace Sessions.Core.Tests.Deciding;

public sealed class StartingTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_start_gives_the_head_of_the_queue_a_lease_and_its_whole_timeout()
    {
        _session.Send("r1");
        _session.Send("r2");
        _session.Pass(TimeSpan.FromMinutes(5));
        var run = _session.Start("w7");

        Assert.Equal((new RunId("r1"), RunStatus.Running), (run.Id, run.Status));
        Assert.Equal((new WorkerId("w7"), 1, 1L), (run.Worker!.Value, run.Attempt, run.Epoch));
        Assert.Equal(_session.Now + TimeSpan.FromHours(1), run.Deadline);
        Assert.Equal(new Lease(1, _session.Now + Samples.LeaseTtl), _session.State.Lease);
    }

    [Fact]
    public void Nothing_starts_while_a_run_is_running()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Refuse(RefusalCode.NothingToStart, Samples.Start("w2"));
    }

    [Fact]
    public void Nothing_starts_in_an_idle_session_or_one_that_is_not_there()
    {
        _session.Refuse(RefusalCode.SessionNotFound, Samples.Start());
        _session.SendAndStart("r1");
        _session.Complete();
        _session.Refuse(RefusalCode.NothingToStart, Samples.Start());
    }

    [Fact]
    public void A_worker_that_does_not_run_the_agent_of_the_head_gets_nothing()
    {
        _session.Send("r1", Samples.A);
        _session.Send("r2", Samples.B);
        _session.Refuse(RefusalCode.NothingToStart, Samples.Start() with { Agents = new HashSet<AgentName> { Samples.B } });
    }

    [Fact]
    public void The_next_run_starts_after_the_one_before_it_failed()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Fail("agent_error");
        Assert.Equal((new RunId("r2"), 2L), (_session.Start().Id, _session.State.Epoch));
    }

    [Fact]
    public void An_epoch_is_given_once_also_over_a_reset()
    {
        _session.SendAndStart("r1");
        _session.Accept<SessionOutcome>(new ResetSession());
        Assert.Equal(2, _session.SendAndStart("r2").Epoch);
    }

    [Fact]
    public void Invariant_9_A_failure_that_a_start_finds_is_visible_before_the_next_run_starts()
    {
        _session.Accept<SendOutcome>(Samples.Send("r1") with { QueueTimeout = TimeSpan.FromSeconds(1) });
        _session.Send("r2");
        _session.Pass(TimeSpan.FromSeconds(1));

        Assert.Null(_session.Accept<StartOutcome>(Samples.Start()).Run);
        Assert.Equal(new("r1"), _session.Shown.LastError!.Run);
        Assert.Equal(SessionStatus.Queued, _session.Shown.Status);

        Assert.Equal(new("r2"), _session.Start().Id);
    }
}
