using System.Globalization;
using System.Text.RegularExpressions;
using Sessions.Core.Tests.Model;
using Sessions.Core.Tests.Properties;
using Xunit.Abstractions;

namespace Sessions.Core.Tests.Faults;

/// <summary>The tests of the properties: with one rule switched off, its invariant's property must fail, and shrink.</summary>
public sealed class FaultyPropertyTests(ITestOutputHelper output)
{
    [Fact]
    public void Without_the_epoch_fence_a_zombie_streams() => Finds(19, Fault.EpochFenceOff, longest: 3);

    [Fact]
    public void Without_the_epoch_fence_a_zombie_reports() => Finds(7, Fault.EpochFenceOff, longest: 3);

    [Fact]
    public void Without_the_keys_a_duplicate_runs() => Finds(17, Fault.KeysForgotten, longest: 2);

    [Fact]
    public void Without_the_keys_another_payload_is_accepted() => Finds(18, Fault.KeysForgotten, longest: 2);

    [Fact]
    public void Without_clearing_on_the_end_a_terminal_run_stays_active() => Finds(5, Fault.ActiveKeptAfterEnd, longest: 3);

    [Fact]
    public void Without_the_version_fence_the_log_is_torn() => Finds(37, Fault.VersionFenceOff, longest: 3);

    [Fact]
    public void Without_the_beats_fence_a_worker_that_was_heard_from_is_lost() => Finds(26, Fault.BeatsFenceOff, longest: 4);

    [Fact]
    public void Without_reading_the_text_at_the_commit_the_end_loses_output() => Finds(13, Fault.TextReadAtDecide, longest: 3);

    [Fact]
    public void Without_keeping_pending_aborts_they_do_not_hold() => Finds(14, Fault.PendingAbortsForgotten, longest: 1);

    [Fact]
    public void Without_writing_the_run_row_with_the_event_the_two_disagree() => Finds(3, Fault.RunRowForgotten, longest: 3);

    [Fact]
    public void Without_a_place_at_the_head_a_requeued_run_is_overtaken() => Finds(21, Fault.RequeueAtTheEnd, longest: 4);

    private void Finds(int invariant, Fault fault, int longest)
    {
        var failure = Assert.ThrowsAny<Exception>(() => PropertyRun.Holds(invariant, fault)).Message;
        output.WriteLine($"{fault}: {failure}");
        var broken = Regex.Match(failure, @"BrokenException: invariant (\d+):[\s\S]*after (\d+) operations");
        Assert.Equal(invariant.ToString(CultureInfo.InvariantCulture), broken.Groups[1].Value);
        Assert.InRange(int.Parse(broken.Groups[2].Value, CultureInfo.InvariantCulture), 1, longest);
    }
}
