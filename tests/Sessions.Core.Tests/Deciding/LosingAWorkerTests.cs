namespace Sessions.Core.Tests.Deciding;

public sealed class LosingAWorkerTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_run_whose_lease_expired_fails_with_the_next_sweep()
    {
        _session.SendAndStart("r1");
        _session.Pass(Samples.LeaseTtl - TimeSpan.FromTicks(1));
        Assert.Equal(0, _session.Sweep());
        _session.Pass(TimeSpan.FromTicks(1));
        Assert.Equal(1, _session.Sweep());

        Assert.Equal((RunStatus.Failed, RunErrorCode.WorkerLost), (_session.Run("r1").Status, _session.Run("r1").Error!.Code));
    }

    [Fact]
    public void A_lost_run_without_output_goes_back_to_the_head_of_the_queue_while_attempts_are_left()
    {
        _session.SendAndStart("r1", maxAttempts: 2);
        _session.Send("r2");
        _session.Pass(Samples.LeaseTtl);
        _session.Sweep();
        Assert.Equal("r1 r2", _session.Waiting);
        Assert.Equal(_session.Now + TimeSpan.FromDays(1), _session.Run("r1").QueueDeadline);

        var run = _session.Start("w2");
        Assert.Equal((new RunId("r1"), 2, 2L), (run.Id, run.Attempt, run.Epoch));
        _session.Fail(RunErrorCode.WorkerExited);
        Assert.Equal(RunStatus.Failed, _session.Run("r1").Status);
    }

    [Fact]
    public void A_start_that_its_worker_never_learned_of_is_taken_back_and_does_not_count()
    {
        var first = _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Pass(TimeSpan.FromSeconds(1));
        var deadline = first.QueueDeadline;
        _session.Accept<ReportOutcome>(new ReturnRun(first.Id, first.Epoch));
        Assert.Equal("r1 r2", _session.Waiting);
        Assert.Equal((0, deadline), (_session.Run("r1").Attempt, _session.Run("r1").QueueDeadline));
        Assert.Equal(BindingState.None, _session.State.Binding.State);

        var run = _session.Start("w2");
        Assert.Equal((new RunId("r1"), 1, 2L), (run.Id, run.Attempt, run.Epoch));
        _session.Refuse(RefusalCode.LeaseLost, new ReturnRun(first.Id, first.Epoch));
        _session.Refuse(RefusalCode.LeaseLost, new CompleteRun(first.Id, first.Epoch, null, null));
    }

    [Fact]
    public void A_start_whose_worker_was_heard_from_is_not_taken_back()
    {
        var run = _session.SendAndStart("r1");
        Assert.IsType<LeaseVerdict.Holds>(_session.Write(run.Id, run.Epoch, null));
        _session.Refuse(RefusalCode.LeaseLost, new ReturnRun(run.Id, run.Epoch));
        Assert.Equal(RunStatus.Running, _session.Run("r1").Status);
    }

    [Fact]
    public void A_lost_run_with_output_is_not_tried_again()
    {
        var run = _session.SendAndStart("r1", maxAttempts: 2);
        _session.Write(run.Id, run.Epoch, null, new RunNotice(run.Id, "about to call a tool"));
        _session.Fail(RunErrorCode.WorkerExited);
        Assert.Equal(RunStatus.Failed, _session.Run("r1").Status);
    }

    [Fact]
    public void An_agent_s_own_failure_is_not_tried_again()
    {
        _session.SendAndStart("r1", maxAttempts: 2);
        _session.Fail("agent_error");
        Assert.Equal(RunStatus.Failed, _session.Run("r1").Status);
    }

    [Fact]
    public void The_worker_before_cannot_write_to_the_next_attempt()
    {
        var run = _session.SendAndStart("r1", maxAttempts: 2);
        _session.Fail(RunErrorCode.WorkerExited);
        var late = new CompleteRun(run.Id, run.Epoch, null, null);
        Assert.Equal(RunStatus.Queued, _session.Refuse(RefusalCode.LeaseLost, late).RunStatus);

        _session.Start("w2");
        Assert.IsType<LeaseVerdict.Lost>(_session.Write(run.Id, run.Epoch, null, new RunDelta(run.Id, "late")));
        _session.Refuse(RefusalCode.LeaseLost, late);
    }

    [Fact]
    public void A_sweep_that_rests_on_silence_says_how_many_beats_it_counted_and_one_that_does_not_says_none()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Pass(Samples.LeaseTtl);
        Assert.Equal(1, Decided().ExpectedBeats);

        _session.Pass(TimeSpan.FromHours(1));
        Assert.Null(Decided().ExpectedBeats);

        Decision.Accepted Decided() =>
            Assert.IsType<Decision.Accepted>(_session.Store.Load(new ExpireDue(), _session.Now).Decide());
    }

    [Fact]
    public void A_heartbeat_between_the_sweep_s_decision_and_its_commit_saves_the_run()
    {
        var run = _session.SendAndStart("r1");
        _session.Pass(Samples.LeaseTtl);
        var sweep = _session.Store.Load(new ExpireDue(), _session.Now);
        _session.Write(run.Id, run.Epoch, null);

        Assert.Null(_session.Store.Commit(Assert.IsType<Decision.Accepted>(sweep.Decide()), sweep));
        Assert.Equal(0, _session.Sweep());
    }

    [Fact]
    public void Output_between_a_requeue_s_decision_and_its_commit_is_not_lost()
    {
        var run = _session.SendAndStart("r1", maxAttempts: 2);
        var exited = new FailRun(run.Id, run.Epoch, new(RunErrorCode.WorkerExited, ""), FailPhase.Run);
        var exit = _session.Store.Load(exited, _session.Now);
        _session.Say("Hel");
        Assert.Null(_session.Store.Commit(Assert.IsType<Decision.Accepted>(exit.Decide()), exit));

        _session.Fail(RunErrorCode.WorkerExited);
        Assert.Equal((RunStatus.Failed, "Hel"), (_session.Run("r1").Status, _session.Run("r1").Output));
    }
}
