namespace Sessions.Core.Tests.Properties;

public sealed class QueueProperties
{
    [Fact]
    public void Invariant_17_The_same_key_and_payload_start_at_most_one_run() => PropertyRun.Holds(17);

    [Fact]
    public void Invariant_18_The_same_key_with_another_payload_is_refused() => PropertyRun.Holds(18);

    [Fact]
    public void Invariant_19_At_most_one_run_is_running_and_only_its_epoch_writes() => PropertyRun.Holds(19);

    [Fact]
    public void Invariant_20_A_lost_race_is_decided_again_and_answered() => PropertyRun.Holds(20);

    [Fact]
    public void Invariant_21_Queued_runs_start_in_order_and_none_is_dropped() => PropertyRun.Holds(21);

    [Fact]
    public void Invariant_22_Waiting_does_not_use_up_the_execution_deadline() => PropertyRun.Holds(22);

    [Fact]
    public void Invariant_23_A_full_queue_refuses_the_new_send_only() => PropertyRun.Holds(23);

    [Fact]
    public void Invariant_26_A_worker_that_is_heard_from_is_not_lost_and_gets_no_more_time() => PropertyRun.Holds(26);
}
