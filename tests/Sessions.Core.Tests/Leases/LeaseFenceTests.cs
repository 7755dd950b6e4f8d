namespace Sessions.Core.Tests.Leases;

public sealed class LeaseFenceTests
{
    private readonly Conversation _session = new();

    [Fact]
    public void Output_lands_under_the_running_run_s_epoch_and_extends_the_lease_but_is_no_new_version()
    {
        _session.SendAndStart("r1");
        var version = _session.State.Version;
        _session.Pass(TimeSpan.FromSeconds(5));
        Assert.IsType<LeaseVerdict.Holds>(_session.Say("Hel"));

        Assert.Equal(new Lease(1, _session.Now + Samples.LeaseTtl, Beats: 1), _session.State.Lease);
        Assert.Equal(version, _session.State.Version);
        Assert.True(_session.State.Active!.HasOutput);
    }

    [Fact]
    public void A_heartbeat_extends_the_lease_and_writes_nothing()
    {
        var run = _session.SendAndStart("r1");
        var seq = _session.State.LastSeq;
        Assert.IsType<LeaseVerdict.Holds>(_session.Write(run.Id, run.Epoch, null));
        Assert.Equal((seq, 1L, false), (_session.State.LastSeq, _session.State.Lease!.Beats, _session.State.Active!.HasOutput));
    }

    [Fact]
    public void A_stale_epoch_another_run_or_no_run_loses()
    {
        var run = _session.SendAndStart("r1");
        Assert.IsType<LeaseVerdict.Lost>(LeaseFence.Check(_session.State, run.Id, run.Epoch - 1, null));
        Assert.IsType<LeaseVerdict.Lost>(LeaseFence.Check(_session.State, run.Id, run.Epoch + 1, null));
        Assert.IsType<LeaseVerdict.Lost>(LeaseFence.Check(_session.State, new("r2"), run.Epoch, null));
        _session.Complete();
        Assert.IsType<LeaseVerdict.Lost>(LeaseFence.Check(_session.State, run.Id, run.Epoch, null));
    }

    [Fact]
    public void A_lease_that_expired_holds_until_somebody_decides_on_it()
    {
        _session.SendAndStart("r1");
        _session.Pass(Samples.LeaseTtl * 2);
        Assert.IsType<LeaseVerdict.Holds>(_session.Say("I am here"));
        Assert.Equal(0, _session.Sweep());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_batch_lands_once_and_in_order(long first)
    {
        _session.SendAndStart("r1");
        Assert.IsType<LeaseVerdict.Holds>(_session.Say("a", first));
        Assert.IsType<LeaseVerdict.Repeated>(_session.Say("a", first));
        Assert.Equal(first + 1, Assert.IsType<LeaseVerdict.OutOfOrder>(_session.Say("c", first + 2)).Expected);
        Assert.IsType<LeaseVerdict.Holds>(_session.Say("b", first + 1));
        _session.Complete();
        Assert.Equal("ab", _session.Run("r1").Output);
    }

    [Fact]
    public void The_first_batch_is_the_first()
    {
        _session.SendAndStart("r1");
        Assert.Equal(1, Assert.IsType<LeaseVerdict.OutOfOrder>(_session.Say("b", 2)).Expected);
    }

    [Fact]
    public void Batches_are_counted_anew_under_a_new_lease()
    {
        _session.SendAndStart("r1");
        _session.Say("a", 1);
        _session.Complete();
        _session.SendAndStart("r2");
        Assert.IsType<LeaseVerdict.Holds>(_session.Say("a", 1));
    }
}
