namespace Sessions.Load.Tests;

/// <summary>Each scenario over PostgreSQL runs to its end, finds nothing wrong and takes its figures. How good they are is not looked at.</summary>
[Collection(OnPostgres.Name)]
public sealed class PostgresScenarioTests(PostgresFixture postgres)
{
    private const string Tiny = "--rounds 1 --warm-seconds 0 --seconds 1";

    [Fact]
    public async Task Runs_are_measured_on_one_replica_and_on_two() =>
        (await RunAsync($"lifecycle --store postgres --concurrency 16 --replicas 1,2 {Tiny}")).Took(
            "full runs/s", "decisions/s", "writes per commit", "2 replicas: runs/s (beside 1)",
            "2 replicas: send to terminal p99, ms");

    [Fact]
    public async Task Bare_decisions_are_measured() =>
        (await RunAsync($"lifecycle --store postgres --concurrency 32 --decisions {Tiny}")).Took(
            "append, decisions/s", "append, writes per commit", "handle, decisions/s", "handle, one decision p50, ms");

    [Fact]
    public async Task Deltas_are_measured() =>
        (await RunAsync($"deltas --sessions 8 {Tiny}")).Took("delta rows/s", "rows per commit", "one report p50, ms");

    [Fact]
    public async Task Latencies_are_measured() =>
        (await RunAsync($"latency --sessions 4 --rate 100 {Tiny}")).Took(
            "send accepted, engine p50, ms", "send accepted, HTTP p50, ms", "deltas relayed/s", "delta from A to B p99, ms");

    [Fact]
    public async Task Lists_are_measured() =>
        (await RunAsync($"list --sessions 2500 {Tiny}")).Took(
            "filled in, s", "active, store p99, ms", "first page, HTTP p50, ms", "analyzed, active, HTTP p99, ms");

    [Fact]
    public async Task Dead_workers_are_measured() =>
        (await RunAsync("worker-death --store postgres --kills 3 --concurrency 3 --ttl-seconds 1")).Took("kill to terminal event max, ms", "kills");

    [Fact]
    public async Task Aborts_are_measured() =>
        (await RunAsync("abort --store postgres --replicas 2 --aborts 10 --concurrency 2")).Took("abort to cancellation p99, ms");

    [Fact]
    public async Task Wake_ups_are_measured() =>
        (await RunAsync("wakeup --store postgres --replicas 2 --sends 10")).Took("send to agent code p50, ms", "send to accepted p50, ms");

    [Theory]
    [InlineData("memory")]
    [InlineData("postgres")]
    public async Task Streams_are_measured(string store) =>
        (await RunAsync($"streams --store {store} --replicas 2 --runs 20 --seconds 1 --subscribers 5")).Took(
            "deltas/s", "delta to subscriber p50, ms", "CPU of the worker, cores");

    [Theory]
    [InlineData("memory")]
    [InlineData("postgres")]
    public async Task Exits_of_processes_are_measured(string store) =>
        (await RunAsync($"process-exit --store {store} --replicas 2 --exits 4")).Took("exit to terminal event p99, ms");

    [Fact]
    public async Task A_store_that_a_scenario_does_not_know_is_refused()
    {
        var run = await RunAsync("deltas --store memory");
        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains("memory", run.Errors, StringComparison.Ordinal);
    }

    private async Task<LoadRun> RunAsync(string arguments) => await LoadRun.OfAsync(arguments, await postgres.CreateDatabaseAsync());
}
