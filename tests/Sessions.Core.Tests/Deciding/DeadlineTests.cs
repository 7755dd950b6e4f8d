namespace Sessions.Core.Tests.Deciding;

public sealed class DeadlineTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void Heartbeats_extend_the_lease_but_not_the_deadline()
    {
        var run = _session.SendAndStart("r1");
        for (var beats = 0; beats < 6 * 60; beats++)
        {
            _session.Pass(TimeSpan.FromSeconds(10));
            Assert.Equal(beats < 359 ? 0 : 1, _session.Sweep());
            _session.Write(run.Id, run.Epoch, null);
        }

        Assert.Equal(RunErrorCode.DeadlineExceeded, _session.Run("r1").Error!.Code);
    }

    [Fact]
    public void A_run_that_exceeds_its_deadline_is_not_tried_again()
    {
        _session.Accept<SendOutcome>(Samples.Send("r1") with { MaxAttempts = 3, Timeout = TimeSpan.FromSeconds(5) });
        _session.Start();
        _session.Pass(TimeSpan.FromSeconds(5));
        _session.Sweep();
        Assert.Equal(RunErrorCode.DeadlineExceeded, _session.Run("r1").Error!.Code);
    }

    [Fact]
    public void A_run_that_no_worker_took_fails_and_so_does_one_that_waited_behind_it()
    {
        _session.Send("r1");
        _session.Send("r2");
        _session.Pass(TimeSpan.FromDays(1));
        Assert.Equal(2, _session.Sweep());

        Assert.Equal(RunErrorCode.NoWorker, _session.Run("r1").Error!.Code);
        Assert.Equal(RunErrorCode.QueueTimeout, _session.Run("r2").Error!.Code);
        Assert.Equal((SessionStatus.Stopped, Binding.None), (_session.Shown.Status, _session.Shown.Binding));
    }

    [Fact]
    public void A_queued_run_that_is_overdue_fails_while_another_runs_on()
    {
        var run = _session.SendAndStart("r1");
        _session.Accept<SendOutcome>(Samples.Send("r2") with { QueueTimeout = TimeSpan.FromSeconds(5) });
        _session.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _session.Sweep());

        Assert.Equal((SessionStatus.Running, run.Id), (_session.Shown.Status, _session.Shown.ActiveRun!.Value));
        Assert.Equal(new("r2"), _session.Shown.LastError!.Run);
    }

    [Fact]
    public void The_next_due_time_is_the_nearest_of_lease_and_deadlines()
    {
        Assert.Null(_session.State.NextDue());
        _session.Accept<SendOutcome>(Samples.Send("r1") with { Timeout = TimeSpan.FromSeconds(20) });
        Assert.Equal(Samples.Beginning + TimeSpan.FromDays(1), _session.State.NextDue());

        var run = _session.Start();
        Assert.Equal(Samples.Beginning + Samples.LeaseTtl, _session.State.NextDue());
        _session.Pass(TimeSpan.FromSeconds(10));
        _session.Write(run.Id, run.Epoch, null);
        Assert.Equal(Samples.Beginning + TimeSpan.FromSeconds(20), _session.State.NextDue());

        _session.Accept<SendOutcome>(Samples.Send("r2") with { QueueTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(_session.Now + TimeSpan.FromSeconds(1), _session.State.NextDue());
    }

    [Fact]
    public void A_sweep_with_nothing_due_changes_nothing()
    {
        _session.SendAndStart("r1");
        Assert.Equal(0, _session.Keep<DueOutcome>(new ExpireDue()).Ended);
    }
}
