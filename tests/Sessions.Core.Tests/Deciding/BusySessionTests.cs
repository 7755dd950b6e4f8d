namespace Sessions.Core.Tests.Deciding;

public sealed class BusySessionTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void A_send_waits_behind_the_runs_before_it()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Send("r3");

        Assert.Equal("r2 r3", _session.Waiting);
        Assert.Equal(new("r1"), _session.Shown.ActiveRun);
    }

    [Fact]
    public void A_rejecting_send_is_refused_while_a_run_is_queued_or_running()
    {
        _session.Send("r1");
        _session.Refuse(RefusalCode.SessionBusy, Samples.Send("r2") with { IfBusy = IfBusy.Reject });
        _session.Start();
        _session.Refuse(RefusalCode.SessionBusy, Samples.Send("r2") with { IfBusy = IfBusy.Reject });
        _session.Complete();
        _session.Accept<SendOutcome>(Samples.Send("r2") with { IfBusy = IfBusy.Reject });
    }

    [Fact]
    public void An_interrupting_send_aborts_the_active_run_and_waits_behind_the_queued_ones()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Send("r2");
        _session.Accept<SendOutcome>(Samples.Send("r3") with { IfBusy = IfBusy.Interrupt });

        Assert.Equal((RunStatus.Aborted, AbortReason.Superseded, "Hel"), Ended("r1"));
        Assert.Equal("r2 r3", _session.Waiting);
        Assert.Null(_session.Shown.ActiveRun);
    }

    [Fact]
    public void An_interrupting_send_to_an_idle_session_aborts_nothing()
    {
        _session.Accept<SendOutcome>(Samples.Send("r1") with { IfBusy = IfBusy.Interrupt });
        Assert.Equal([typeof(SessionCreated), typeof(RunQueued)], _session.Events.Select(happened => happened.GetType()));
    }

    [Fact]
    public void A_full_queue_refuses_the_new_send_and_drops_nothing()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Send("r3");
        _session.Refuse(RefusalCode.QueueFull, Samples.Send("r4") with { MaxQueued = 2 });

        Assert.Equal("r2 r3", _session.Waiting);
    }

    [Fact]
    public void The_run_that_is_about_to_start_does_not_count_as_waiting()
    {
        _session.Accept<SendOutcome>(Samples.Send("r1") with { MaxQueued = 1 });
        _session.Accept<SendOutcome>(Samples.Send("r2") with { MaxQueued = 1 });
        _session.Refuse(RefusalCode.QueueFull, Samples.Send("r3") with { MaxQueued = 1 });
    }

    [Fact]
    public void Invariant_23_An_interrupting_send_takes_the_room_that_it_makes()
    {
        _session.SendAndStart("r1");
        _session.Accept<SendOutcome>(Samples.Send("r2") with { MaxQueued = 0, IfBusy = IfBusy.Interrupt });
        Assert.Equal(RunStatus.Aborted, _session.Run("r1").Status);

        _session.Refuse(RefusalCode.QueueFull, Samples.Send("r3") with { MaxQueued = 0, IfBusy = IfBusy.Interrupt });
    }

    private (RunStatus Status, AbortReason? Reason, string? Output) Ended(string id)
    {
        var run = _session.Run(id);
        return (run.Status, run.AbortReason, run.Output);
    }
}
