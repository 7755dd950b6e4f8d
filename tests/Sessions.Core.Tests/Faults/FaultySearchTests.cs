using Sessions.Core.Tests.Model;
using Sessions.Core.Tests.Searching;
using Xunit.Abstractions;

namespace Sessions.Core.Tests.Faults;

/// <summary>The tests of the search: with one rule switched off it must find what the rule keeps, and how.</summary>
public sealed class FaultySearchTests(ITestOutputHelper output)
{
    private static readonly Budget Send =
        new(Requests: 1, Ticks: 2, ReplicaCrashes: 0, WorkerCrashes: 0, Outputs: 0, Heartbeats: 0);

    [Fact]
    public void Without_the_epoch_fence_a_zombie_streams_into_the_run_of_another() =>
        Finds(19, Fault.EpochFenceOff, Send with { Outputs = 1 }, longest: 11);

    [Fact]
    public void Without_the_epoch_fence_a_zombie_completes_the_run_of_another() =>
        Finds(7, Fault.EpochFenceOff, Send, longest: 13);

    [Fact]
    public void Without_the_keys_a_duplicate_starts_a_second_run() =>
        Finds(17, Fault.KeysForgotten, Send with { Requests = 0b11 }, longest: 4);

    [Fact]
    public void Without_clearing_on_the_end_a_terminal_run_stays_active() =>
        Finds(5, Fault.ActiveKeptAfterEnd, Send with { Requests = 0b1001 }, longest: 7);

    [Fact]
    public void Without_the_version_fence_two_replicas_both_admit_the_same_key() =>
        Finds(17, Fault.VersionFenceOff, Send with { Requests = 0b11 }, longest: 4);

    [Fact]
    public void Without_the_version_fence_a_completed_run_is_rewritten() =>
        Finds(8, Fault.VersionFenceOff, Send with { Requests = 0b1001, Ticks = 0 }, longest: 10);

    [Fact]
    public void Without_the_beats_fence_a_worker_that_was_heard_from_is_lost() =>
        Finds(26, Fault.BeatsFenceOff, Send with { Heartbeats = 1 }, longest: 10);

    [Fact]
    public void Without_reading_the_text_at_the_commit_the_end_loses_output() =>
        Finds(13, Fault.TextReadAtDecide, Send with { Outputs = 1 }, longest: 8);

    [Fact]
    public void Without_committing_first_a_read_contradicts_a_terminal_event() =>
        Finds(1, Fault.PublishBeforeCommit, Send with { Requests = 0b1001 }, longest: 3);

    [Fact]
    public void Without_keeping_pending_aborts_the_send_that_comes_runs() =>
        Finds(14, Fault.PendingAbortsForgotten, Send with { Requests = 0b10001 }, longest: 2);

    [Fact]
    public void Without_writing_the_run_row_with_the_event_the_two_disagree() =>
        Finds(3, Fault.RunRowForgotten, Send with { Requests = 0b1001 }, longest: 4);

    [Fact]
    public void Without_a_place_at_the_head_a_requeued_run_is_overtaken() =>
        Finds(21, Fault.RequeueAtTheEnd, Send with { Requests = 0b101, Ticks = 0 }, longest: 10);

    [Fact]
    public void Without_a_sweeper_a_run_never_ends() => Finds(2, Fault.NoSweeper, Send, longest: 2);

    private void Finds(int invariant, Fault fault, Budget budget, int longest)
    {
        var result = new Search(new() { Name = $"{fault}", Budget = budget, Faults = fault, LookFor = invariant }).Run();
        output.WriteLine($"{fault}: {result}");
        Assert.Contains(result.Findings, finding => finding.Invariant == invariant);
        Assert.InRange(result.Trace.Count, 1, longest);
    }
}
