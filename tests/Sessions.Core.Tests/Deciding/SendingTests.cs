namespace Sessions.Core.Tests.Deciding;

public sealed class SendingTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_send_creates_the_session_if_it_is_absent()
    {
        _session.Send("r1", Samples.B);
        Assert.Equal((Samples.B, SessionStatus.Queued), (_session.Shown.Agent, _session.Shown.Status));
        Assert.True(_session.Shown.HasActiveRun);
        Assert.Null(_session.Shown.ActiveRun);
    }

    [Fact]
    public void A_run_is_accepted_with_its_queue_deadline_and_the_seq_that_accepted_it()
    {
        var run = _session.Send("r1");
        Assert.Equal((RunStatus.Queued, 0, 2L), (run.Status, run.Attempt, run.QueuedSeq));
        Assert.Equal(_session.Now + TimeSpan.FromDays(1), run.QueueDeadline);
        Assert.Null(run.Output);
    }

    [Fact]
    public void A_send_that_names_no_agent_goes_to_the_bound_one_or_to_that_of_the_run_before_it()
    {
        _session.Accept<SessionOutcome>(new CreateSession(Samples.A, null, null, Samples.Agents));
        _session.Send("r1", Samples.B);
        Assert.Equal(Samples.B, _session.Send("r2").Agent);
        _session.Start();
        Assert.Equal(Samples.B, _session.Send("r3").Agent);
    }

    [Fact]
    public void A_send_that_names_no_agent_goes_to_the_session_s_own_when_nothing_else_is_known()
    {
        _session.Accept<SessionOutcome>(new CreateSession(Samples.C, null, null, Samples.Agents));
        Assert.Equal(Samples.C, _session.Send("r1").Agent);
    }

    [Fact]
    public void A_send_to_an_agent_that_there_is_not_is_refused() =>
        _session.Refuse(RefusalCode.AgentNotFound, Samples.Send("r1", agent: Samples.Unknown));

    [Fact]
    public void A_send_to_another_agent_than_the_bound_one_is_refused_until_a_reset()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Refuse(RefusalCode.AgentMismatch, Samples.Send("r2", agent: Samples.B));
        _session.Accept<SessionOutcome>(new ResetSession());
        _session.Send("r2", Samples.B);
    }

    [Fact]
    public void A_run_accepted_before_the_binding_was_known_fails_at_its_start_and_the_next_send_works()
    {
        _session.Send("r1", Samples.A);
        _session.Send("r2", Samples.B);
        _session.Start();
        Assert.Equal("r2", _session.Waiting);
        _session.Complete("done");

        Assert.Equal((RunStatus.Failed, RunErrorCode.AgentMismatch), (_session.Run("r2").Status, _session.Run("r2").Error!.Code));
        Assert.Equal((SessionStatus.Error, Samples.A), (_session.Shown.Status, _session.Shown.Binding.Agent));
        Assert.Equal(new("r3"), _session.SendAndStart("r3", Samples.A).Id);
    }

    [Fact]
    public void A_run_id_is_used_once()
    {
        _session.SendAndStart("r1");
        _session.Refuse(RefusalCode.RunConflict, Samples.Send("r1"));
        _session.Complete();
        _session.Refuse(RefusalCode.RunConflict, Samples.Send("r1"));
    }

    [Fact]
    public void The_same_key_and_payload_give_the_same_run_also_after_it_completed()
    {
        _session.Send("r1", key: "k");
        Assert.True(_session.Keep<SendOutcome>(Samples.Send("r2", "k")).Deduplicated);
        _session.Start();
        _session.Complete("done");

        var again = _session.Keep<SendOutcome>(Samples.Send("r3", "k"));
        Assert.Equal((new RunId("r1"), RunStatus.Completed, "done"), (again.Run!.Id, again.Run.Status, again.Run.Output));
    }

    [Fact]
    public void The_same_key_with_another_payload_is_refused()
    {
        _session.Send("r1", key: "k");
        _session.Refuse(RefusalCode.IdempotencyKeyReused, Samples.Send("r2", "k", text: "something else"));
    }

    [Fact]
    public void A_repeated_send_is_answered_before_its_session_is_found_busy_or_full()
    {
        _session.Send("r1", key: "k");
        _session.Keep<SendOutcome>(Samples.Send("r2", "k") with { IfBusy = IfBusy.Reject, MaxQueued = 0 });
        _session.Keep<SendOutcome>(Samples.Send("r2", "k") with { IfBusy = IfBusy.Interrupt });
    }
}
