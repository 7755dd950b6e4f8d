namespace Sessions.Core.Tests.Properties;

public sealed class AbortProperties
{
    [Fact]
    public void Invariant_12_A_session_abort_ends_every_run_queued_first() => PropertyRun.Holds(12);

    [Fact]
    public void Invariant_13_Nothing_of_a_run_follows_its_terminal_event_and_its_text_is_kept_once() => PropertyRun.Holds(13);

    [Fact]
    public void Invariant_14_An_abort_by_a_key_that_has_not_arrived_holds_when_it_arrives() => PropertyRun.Holds(14);

    [Fact]
    public void Invariant_15_Aborting_what_has_ended_changes_nothing_and_says_so() => PropertyRun.Holds(15);

    [Fact]
    public void Invariant_16_Reset_and_delete_leave_no_run_alive_and_a_deleted_session_stays_deleted() => PropertyRun.Holds(16);
}
