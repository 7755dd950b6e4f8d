namespace Sessions.Core.Tests.Deciding;

public sealed class ReportingTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_completion_without_text_keeps_what_was_streamed()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Say("lo");
        _session.Complete();

        var run = _session.Run("r1");
        Assert.Equal((RunStatus.Completed, "Hello", _session.State.LastSeq), (run.Status, run.Output, run.EndedSeq));
        Assert.Equal(SessionStatus.Idle, _session.Shown.Status);
        Assert.Equal(new LastRun(run.Id, RunStatus.Completed, _session.Now), _session.Shown.LastRun);
    }

    [Fact]
    public void A_completion_with_text_replaces_what_was_streamed_and_one_without_any_is_empty()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Complete("Hello");
        Assert.Equal("Hello", _session.Run("r1").Output);

        _session.SendAndStart("r2");
        _session.Complete();
        Assert.Equal("", _session.Run("r2").Output);
    }

    [Fact]
    public void A_repeated_completion_is_answered_with_the_same_run()
    {
        var run = _session.SendAndStart("r1");
        _session.Complete("done");
        Assert.Equal(_session.Run("r1"), _session.Keep<ReportOutcome>(new CompleteRun(run.Id, run.Epoch, "other", null)).Run);
    }

    [Fact]
    public void A_completion_under_another_epoch_changes_nothing_and_is_told_how_the_run_stands()
    {
        var run = _session.SendAndStart("r1");
        var other = new CompleteRun(run.Id, run.Epoch + 1, null, null);
        Assert.Equal(RunStatus.Running, _session.Refuse(RefusalCode.LeaseLost, other).RunStatus);
        _session.Complete();
        Assert.Equal(RunStatus.Completed, _session.Refuse(RefusalCode.LeaseLost, other).RunStatus);
        _session.Refuse(RefusalCode.RunNotFound, new CompleteRun(new("r9"), 1, null, null));
    }

    [Fact]
    public void A_failure_keeps_the_partial_text_and_is_the_session_s_error()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Fail("agent_error");

        var run = _session.Run("r1");
        Assert.Equal((RunStatus.Failed, "Hel", "agent_error"), (run.Status, run.Output, run.Error!.Code));
        Assert.Equal((SessionStatus.Error, run.Error), (_session.Shown.Status, _session.Shown.LastError!.Error));
    }

    [Fact]
    public void A_failure_after_the_completion_changes_nothing()
    {
        var run = _session.SendAndStart("r1");
        _session.Complete("done");
        var refusal = _session.Refuse(RefusalCode.LeaseLost, new FailRun(run.Id, run.Epoch, new("late", ""), FailPhase.Run));
        Assert.Equal(RunStatus.Completed, refusal.RunStatus);
    }

    [Fact]
    public void A_repeated_failure_is_answered_with_the_same_run()
    {
        var run = _session.SendAndStart("r1");
        _session.Fail("agent_error");
        var again = new FailRun(run.Id, run.Epoch, new("agent_error", "it broke"), FailPhase.Run);
        Assert.Equal(_session.Run("r1"), _session.Keep<ReportOutcome>(again).Run);
    }

    [Fact]
    public void A_later_start_clears_the_error()
    {
        _session.SendAndStart("r1");
        _session.Fail("agent_error");
        _session.SendAndStart("r2");
        Assert.Null(_session.Shown.LastError);
    }

    [Fact]
    public void A_worker_stopped_on_purpose_stops_the_session_and_the_binding_keeps_its_agent()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Say("Hel");
        _session.Fail(RunErrorCode.WorkerShutdown);

        Assert.Equal(SessionStatus.Stopped, _session.Shown.Status);
        Assert.Equal(new Binding(BindingState.Stopped, Samples.A), _session.Shown.Binding);
        _session.Refuse(RefusalCode.AgentMismatch, Samples.Send("r2", agent: Samples.B));
        _session.SendAndStart("r2");
        Assert.Equal(BindingState.Bound, _session.Shown.Binding.State);
    }
}
