using System.Diagnostics;
using Xunit.Abstractions;

namespace Sessions.Core.Tests.Searching;

/// <summary>
/// Every interleaving of a scenario keeps invariants 1 to 8, 12 to 17, 19 to 23, 26 and 37, and from every state the fair
/// continuation ends every run. Together the scenarios visit all states that their budgets allow; the last one is cut off.
/// </summary>
public sealed class SearchTests(ITestOutputHelper output)
{
    private const int Sends = 0b00011;

    private const int AnotherSend = 0b00100;

    private const int Abort = 0b01000;

    private const int AbortKey = 0b10000;

    [Fact]
    public void A_send_its_duplicate_an_abort_a_requeue_and_a_zombie() => Explore(new()
    {
        Name = "duplicate, abort, requeue, zombie",
        Budget = new(Sends | Abort, Ticks: 4, ReplicaCrashes: 0, WorkerCrashes: 0, Outputs: 1, Heartbeats: 0),
    });

    [Fact]
    public void Crashes_of_a_replica_and_of_a_worker_at_every_point() => Explore(new()
    {
        Name = "crashes",
        Budget = new(Requests: 1, Ticks: 4, ReplicaCrashes: 1, WorkerCrashes: 1, Outputs: 1, Heartbeats: 0),
    });

    [Fact]
    public void A_heartbeat_that_races_the_sweepers_and_output_that_races_the_end() => Explore(new()
    {
        Name = "heartbeat and output",
        Budget = new(Requests: 1, Ticks: 4, ReplicaCrashes: 0, WorkerCrashes: 0, Outputs: 2, Heartbeats: 1),
    });

    [Fact]
    public void An_abort_by_key_that_races_its_send_and_the_duplicate() => Explore(new()
    {
        Name = "abort by key",
        Budget = new(Sends | AbortKey, Ticks: 3, ReplicaCrashes: 1, WorkerCrashes: 0, Outputs: 0, Heartbeats: 0),
    });

    [Fact]
    public void A_queue_behind_a_run_that_is_queued_again() => Explore(new()
    {
        Name = "queue",
        Budget = new(1 | AnotherSend | Abort, Ticks: 3, ReplicaCrashes: 0, WorkerCrashes: 0, Outputs: 0, Heartbeats: 0),
    });

    [Fact]
    public void Everything_at_once_to_a_depth_of_ten() => Explore(new()
    {
        Name = "everything",
        Budget = new(
            Sends | AnotherSend | Abort | AbortKey, Ticks: 5, ReplicaCrashes: 2, WorkerCrashes: 2, Outputs: 2, Heartbeats: 2),
        Depth = 10,
    });

    private void Explore(Scenario scenario)
    {
        var watch = Stopwatch.StartNew();
        var result = new Search(scenario).Run();
        var line = $"{scenario.Name}: {result}, {watch.Elapsed.TotalSeconds:F1} s";
        output.WriteLine(line);
        Console.WriteLine(line);
        Assert.Empty(result.Findings);
        Assert.True(result.Complete || result.Depth == scenario.Depth);
    }
}
