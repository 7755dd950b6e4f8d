using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Evolving;

public sealed class SealerTests
{
    private static readonly AbortRuns Abort = new(null, null, AbortReason.User, Samples.Agents);

    private readonly Conversation _session = new();

    [Fact]
    public void Output_that_lands_between_deciding_and_committing_is_part_of_the_end()
    {
        _session.SendAndStart("r1");
        var abort = _session.Store.Load(Abort, _session.Now);
        _session.Say("Hel");
        _session.Say("lo");
        var store = _session.Store.Commit(Assert.IsType<Decision.Accepted>(abort.Decide()), abort)!;

        var run = store.FindRun(new("r1"))!;
        Assert.Equal(("Hello", true, store.State.LastSeq), (run.Output, run.HasOutput, run.EndedSeq));
        Assert.Equal(Enumerable.Range(1, 6).Select(seq => (long)seq), LogChain.ToArray(store.Log).Select(record => record.Seq));
    }

    [Fact]
    public void Only_the_active_run_gets_the_streamed_text()
    {
        _session.SendAndStart("r1");
        _session.Say("Hel");
        _session.Send("r2");
        _session.Accept<AbortOutcome>(Abort);
        Assert.Equal(("Hel", null), (_session.Run("r1").Output, _session.Run("r2").Output));
    }

    [Fact]
    public void The_records_of_one_decision_share_its_version()
    {
        _session.Send("r1");
        Assert.Equal([(1L, 1L), (2L, 1L)], _session.Store.Written.Select(record => (record.Seq, record.Version)));
    }

    [Fact]
    public void A_run_that_is_accepted_and_ended_in_one_decision_is_written_once_as_it_stays()
    {
        _session.Accept<AbortOutcome>(Abort with { IdempotencyKey = "k" });
        var send = _session.Store.Load(Samples.Send("r1", "k"), _session.Now);
        var decision = Sealer.Seal(_session.State, Assert.IsType<Decision.Accepted>(send.Decide()).Events, _session.Now, "");

        var run = Assert.Single(decision.Runs);
        Assert.Equal((RunStatus.Aborted, 3L, 4L), (run.Status, run.QueuedSeq, run.EndedSeq));
        Assert.Equal(new KeyOfRun("k", run.Id, "hello"), Assert.Single(decision.Keys));
    }

    [Fact]
    public void A_run_that_is_accepted_and_ended_behind_late_output_has_the_seqs_of_the_commit()
    {
        _session.SendAndStart("r1");
        _session.Accept<AbortOutcome>(Abort with { IdempotencyKey = "k" });
        var send = _session.Store.Load(Samples.Send("r2", "k"), _session.Now);
        _session.Say("Hel");
        var store = _session.Store.Commit(Assert.IsType<Decision.Accepted>(send.Decide()), send)!;

        var run = store.FindRun(new("r2"))!;
        Assert.Equal(store.Written.Select(record => record.Seq), [run.QueuedSeq, run.EndedSeq]);
    }

    [Fact]
    public void A_lifecycle_event_carries_the_session_just_after_it()
    {
        _session.SendAndStart("r1");
        _session.Accept<SessionOutcome>(new ResetSession());
        var shown = Assert.IsType<SessionReset>(_session.Events.Last()).Session!;
        Assert.Equal((2L, _session.State.LastSeq, false), (shown.Generation, shown.LastSeq, shown.HasActiveRun));
    }

    [Fact]
    public void Two_decisions_on_the_same_version_do_not_both_commit()
    {
        _session.Send("r1");
        var one = _session.Store.Load(Samples.Start("w1"), _session.Now);
        var other = _session.Store.Load(Samples.Start("w2"), _session.Now);
        var store = _session.Store.Commit(Assert.IsType<Decision.Accepted>(one.Decide()), one)!;
        Assert.Null(store.Commit(Assert.IsType<Decision.Accepted>(other.Decide()), other));
    }
}
