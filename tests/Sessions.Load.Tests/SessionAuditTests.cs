namespace Sessions.Load.Tests;

/// <summary>The audit of a load finds what it is there to find.</summary>
public sealed class SessionAuditTests
{
    private readonly SessionAudit _audit = new("s1", ["r1", "r2"]);

    [Fact]
    public void A_whole_log_is_in_order()
    {
        See(1, null);
        See(2, "r1");
        See(3, "r1", ended: true);
        See(4, "r2");
        See(5, "r2", ended: true);
        Assert.Empty(_audit.Faults());
    }

    [Fact]
    public void A_lost_record_is_found()
    {
        See(1, "r1", ended: true);
        See(3, "r2", ended: true);
        Assert.Equal(["session s1: seq 3 follows 1"], _audit.Faults());
    }

    [Fact]
    public void A_doubled_record_is_found()
    {
        See(1, "r1", ended: true);
        See(2, "r2", ended: true);
        See(2, null);
        Assert.Equal(["session s1: seq 2 follows 2"], _audit.Faults());
    }

    [Fact]
    public void A_second_end_is_found()
    {
        See(1, "r1", ended: true);
        See(2, "r2", ended: true);
        See(3, "r1", ended: true);
        Assert.Equal(["session s1: seq 3 of run r1 follows its end"], _audit.Faults());
    }

    [Fact]
    public void A_run_without_an_end_a_failed_one_and_a_strange_one_are_found()
    {
        _audit.Saw(1, "r1", asExpected: false, ended: true);
        See(2, "r3");
        Assert.Equal(
            ["session s1: run r1 did not complete", "session s1: seq 2 is of run r3, which nobody sent", "session s1: run r2 has no end"],
            _audit.Faults());
    }

    private void See(long seq, string? run, bool ended = false) => _audit.Saw(seq, run, asExpected: ended, ended);
}
