namespace Sessions.Core.Tests.Properties;

/// <summary>One property per invariant: a failure says what broke.</summary>
public sealed class RunProperties
{
    [Fact]
    public void Invariant_2_Every_accepted_run_ends_exactly_once() => PropertyRun.Holds(2);

    [Fact]
    public void Invariant_2_Every_accepted_run_ends_by_itself_when_the_clock_goes_on() => PropertyRun.Holds(player =>
    {
        player.Drain();
        return player.Store.Runs.FirstOrDefault(run => !run.IsTerminal) is { } alive ? $"alive: {alive}" : null;
    });

    [Fact]
    public void Invariant_3_Terminal_event_run_row_and_cleared_active_run_are_one_write() => PropertyRun.Holds(3);

    [Fact]
    public void Invariant_4_Late_reports_change_nothing_and_are_told_so() => PropertyRun.Holds(4);

    [Fact]
    public void Invariant_5_What_is_shown_as_active_is_running() => PropertyRun.Holds(5);

    [Fact]
    public void Invariant_6_Order_comes_from_seq_version_and_epoch() => PropertyRun.Holds(6);

    [Fact]
    public void Invariant_7_A_report_changes_only_its_own_run_and_epoch() => PropertyRun.Holds(7);

    [Fact]
    public void Invariant_8_A_terminal_run_never_changes() => PropertyRun.Holds(8);

    [Fact]
    public void Invariant_9_A_start_failure_is_visible_and_invents_no_binding() => PropertyRun.Holds(9);

    [Fact]
    public void Invariant_24_Only_a_lost_run_without_output_is_queued_again() => PropertyRun.Holds(24);
}
