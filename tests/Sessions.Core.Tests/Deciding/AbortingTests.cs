namespace Sessions.Core.Tests.Deciding;

public sealed class AbortingTests
{
    private static readonly AbortRuns Everything = new(null, null, AbortReason.User, Samples.Agents);

    private readonly Conversation _session = new();

    [Fact]
    public void A_session_abort_ends_queued_runs_first_and_keeps_the_partial_text()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Say("lo");
        _session.Send("r2");
        _session.Send("r3");
        var told = _session.Accept<AbortOutcome>(Everything);

        Assert.Equal("r2 r3 r1", string.Join(' ', told.Aborted));
        Assert.Equal(("Hello", AbortReason.User), (_session.Run("r1").Output, _session.Run("r1").AbortReason));
        Assert.Null(_session.Run("r2").Output);
        Assert.Equal((SessionStatus.Idle, false), (_session.Shown.Status, _session.Shown.HasActiveRun));
    }

    [Fact]
    public void Abort_when_nothing_runs_changes_nothing_and_says_so()
    {
        _session.Refuse(RefusalCode.SessionNotFound, Everything);
        _session.SendAndStart("r1");
        _session.Complete();
        Assert.Equal(AbortOutcome.Nothing, _session.Keep<AbortOutcome>(Everything));
    }

    [Fact]
    public void Abort_after_completion_changes_nothing()
    {
        _session.SendAndStart("r1");
        _session.Complete("done");
        var told = _session.Keep<AbortOutcome>(Everything with { RunId = new("r1") });

        Assert.Equal(new("r1"), Assert.Single(told.AlreadyTerminal));
        Assert.Equal((RunStatus.Completed, "done"), (_session.Run("r1").Status, _session.Run("r1").Output));
    }

    [Fact]
    public void An_abort_of_one_run_leaves_the_others()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Send("r3");
        _session.Accept<AbortOutcome>(Everything with { RunId = new("r2") });
        Assert.Equal("r3", _session.Waiting);

        _session.Accept<AbortOutcome>(Everything with { RunId = new("r1") });
        Assert.Equal(new("r3"), _session.Start().Id);
    }

    [Fact]
    public void An_abort_of_a_run_that_is_not_there_says_so()
    {
        _session.Send("r1");
        _session.Refuse(RefusalCode.RunNotFound, Everything with { RunId = new("r2") });
    }

    [Fact]
    public void The_worker_of_an_aborted_run_is_fenced_out()
    {
        var run = _session.SendAndStart("r1");
        _session.Accept<AbortOutcome>(Everything);

        Assert.IsType<LeaseVerdict.Lost>(_session.Write(run.Id, run.Epoch, null, new RunDelta(run.Id, "late")));
        var late = new CompleteRun(run.Id, run.Epoch, "late", null);
        Assert.Equal(RunStatus.Aborted, _session.Refuse(RefusalCode.LeaseLost, late).RunStatus);
    }

    [Fact]
    public void An_abort_by_key_ends_the_run_of_the_key()
    {
        var byKey = Everything with { IdempotencyKey = "k" };
        _session.Send("r1", key: "k");
        Assert.Equal(new("r1"), Assert.Single(_session.Accept<AbortOutcome>(byKey).Aborted));
        Assert.Equal(new("r1"), Assert.Single(_session.Keep<AbortOutcome>(byKey).AlreadyTerminal));
    }

    [Fact]
    public void An_abort_by_a_key_that_has_not_arrived_holds_when_it_arrives()
    {
        Assert.True(_session.Accept<AbortOutcome>(Everything with { IdempotencyKey = "k" }).Pending);
        Assert.True(_session.Keep<AbortOutcome>(Everything with { IdempotencyKey = "k" }).Pending);

        var run = _session.Send("r1", key: "k");
        Assert.Equal((RunStatus.Aborted, AbortReason.User, 0), (run.Status, run.AbortReason, run.Attempt));
        Assert.False(_session.Shown.HasActiveRun);
        Assert.Equal(RunStatus.Aborted, _session.Keep<SendOutcome>(Samples.Send("r2", "k")).Run!.Status);
    }

    [Fact]
    public void A_send_that_was_aborted_before_it_arrived_disturbs_no_other_run()
    {
        _session.SendAndStart("r1");
        _session.Accept<AbortOutcome>(Everything with { IdempotencyKey = "k" });
        _session.Accept<SendOutcome>(Samples.Send("r2", "k") with { IfBusy = IfBusy.Interrupt, MaxQueued = 0 });

        Assert.Equal(new("r1"), _session.Shown.ActiveRun);
        Assert.Equal(RunStatus.Aborted, _session.Run("r2").Status);
    }

    [Fact]
    public void A_key_and_a_run_that_do_not_belong_together_are_refused()
    {
        _session.Send("r1", key: "k");
        _session.Send("r2");
        _session.Refuse(RefusalCode.RunConflict, Everything with { RunId = new("r2"), IdempotencyKey = "k" });
    }
}
