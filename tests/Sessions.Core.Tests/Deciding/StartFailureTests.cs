namespace Sessions.Core.Tests.Deciding;

public sealed class StartFailureTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_start_failure_without_a_binding_stops_the_session_and_invents_none()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Fail("start_failed", FailPhase.Start);

        Assert.Equal(RunStatus.Failed, _session.Run("r1").Status);
        Assert.Equal(SessionStatus.Stopped, _session.Shown.Status);
        Assert.Equal(Binding.None, _session.Shown.Binding);
        Assert.Equal("start_failed", _session.Shown.LastError!.Error.Code);
        Assert.False(_session.Shown.HasActiveRun);
    }

    [Fact]
    public void A_start_failure_with_a_binding_is_an_error_and_the_binding_stays()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Complete("done");
        _session.SendAndStart("r2");
        _session.Fail("start_failed", FailPhase.Start);

        Assert.Equal(SessionStatus.Error, _session.Shown.Status);
        Assert.Equal(new Binding(BindingState.Bound, Samples.A), _session.Shown.Binding);
        Assert.Equal(new("r2"), _session.Shown.LastError!.Run);
    }

    [Fact]
    public void The_corrected_next_send_may_go_to_another_agent_and_clears_the_error_when_it_starts()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Fail("start_failed", FailPhase.Start);
        _session.Send("r2", Samples.B);
        Assert.NotNull(_session.Shown.LastError);

        _session.Start();
        Assert.Null(_session.Shown.LastError);
        Assert.Equal(Samples.B, _session.Shown.Binding.Agent);
    }

    [Fact]
    public void A_failure_after_the_start_keeps_the_binding_that_the_start_made()
    {
        _session.SendAndStart("r1", Samples.A);
        _session.Fail("agent_error", FailPhase.Run);

        Assert.Equal(SessionStatus.Error, _session.Shown.Status);
        Assert.Equal(Samples.A, _session.Shown.Binding.Agent);
    }

    [Fact]
    public void Invariant_9_A_start_that_fails_after_a_lost_attempt_invents_no_binding()
    {
        _session.SendAndStart("r1", Samples.A, maxAttempts: 2);
        _session.Fail(RunErrorCode.WorkerExited, FailPhase.Start);
        Assert.Equal(RunStatus.Queued, _session.Run("r1").Status);
        Assert.Equal(Binding.None, _session.Shown.Binding);

        _session.Start("w2");
        _session.Fail("start_failed", FailPhase.Start);

        Assert.Equal(Binding.None, _session.Shown.Binding);
        Assert.Equal(SessionStatus.Stopped, _session.Shown.Status);
        _session.Send("r2", Samples.B);
    }

    [Fact]
    public void Invariant_9_A_requeue_that_takes_the_binding_back_leaves_no_error_with_a_binding_behind()
    {
        _session.SendAndStart("r1", maxAttempts: 2);
        _session.Accept<SendOutcome>(Samples.Send("r2") with { QueueTimeout = TimeSpan.FromSeconds(1) });
        _session.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _session.Sweep());

        _session.Fail(RunErrorCode.WorkerExited, FailPhase.Start);
        _session.Accept<AbortOutcome>(new AbortRuns(null, null, AbortReason.User, Samples.Agents));

        Assert.Equal(Binding.None, _session.Shown.Binding);
        Assert.Equal(SessionStatus.Stopped, _session.Shown.Status);
    }
}
