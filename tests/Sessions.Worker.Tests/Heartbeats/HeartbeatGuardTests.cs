using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Worker.Tests;

/// <summary>Late heartbeats, from threads of their own (invariants 24, 26). What is late is by a clock that the test advances.</summary>
public sealed class HeartbeatGuardTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ActiveRuns _runs = new();

    [Fact]
    public async Task Only_what_is_late_is_beaten_for_and_a_beat_is_good_for_a_while()
    {
        var beats = new Beats(_ => new ReportResult.Accepted());
        Add(10);
        using var guard = Start(beats);
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.49));
        await WatchedAsync();
        Assert.Empty(beats.All);

        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.02));
        await beats.Until(() => beats.All.Count == 10);
        await WatchedAsync();
        Assert.Equal(Enumerable.Range(0, 10).Select(run => $"r{run}"), beats.All.Order());

        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.51));
        await beats.Until(() => beats.All.Count == 20);
    }

    [Fact]
    public async Task A_heartbeat_that_is_not_answered_holds_up_no_other_run()
    {
        using var answer = new ManualResetEventSlim();
        var beats = new Beats(run =>
        {
            if (run == "r0")
                answer.Wait();
            return new ReportResult.Accepted();
        });
        Add(100);
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.6));
        using var guard = Start(beats);

        await beats.Until(() => beats.Answered.Count == 99);

        Assert.DoesNotContain("r0", beats.Answered);
        await WatchedAsync();
        Assert.Single(beats.All, "r0");
        answer.Set();
        await beats.Until(() => beats.Answered.Count == 100);
    }

    [Fact]
    public async Task So_many_are_in_flight_and_no_more()
    {
        using var answer = new ManualResetEventSlim();
        var beats = new Beats(_ =>
        {
            answer.Wait();
            return new ReportResult.Accepted();
        });
        Add(100);
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.6));
        using var guard = Start(beats);
        await beats.Until(() => beats.All.Count == HeartbeatGuard.MaxBeating);
        await WatchedAsync();
        Assert.Equal(HeartbeatGuard.MaxBeating, beats.All.Count);

        answer.Set();

        await beats.Until(() => beats.Answered.Count == 100);
    }

    [Fact]
    public async Task A_heartbeat_that_fails_is_tried_again()
    {
        var tries = 0;
        var beats = new Beats(_ => Interlocked.Increment(ref tries) < 5 ? throw new IOException("cut") : new ReportResult.Accepted());
        Add(1);
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.6));
        using var guard = Start(beats);
        await beats.Until(() => beats.Answered.Count == 1);
        Assert.Equal(5, beats.All.Count);
    }

    [Fact]
    public async Task A_lease_that_is_lost_and_one_that_has_run_out_are_beaten_for_no_more()
    {
        var beats = new Beats(_ => new ReportResult.LeaseLost(RunStatuses.Aborted));
        Add(1);
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.6));
        using var guard = Start(beats);
        await beats.Until(() => beats.Answered.Count == 1);
        await beats.Until(() => !_runs.Snapshot().Single().IsHeartbeatLate);
        Add(1, "out of time ");
        _time.Advance(TimeSpan.FromSeconds(Given.TtlSeconds));
        await WatchedAsync();
        Assert.Single(beats.All);
    }

    [Fact]
    public async Task A_server_that_takes_connections_and_never_answers_costs_its_wait_once()
    {
        using var hung = new RawServer(closes: false);
        using var fine = new RawServer(closes: true, RawServer.Ok("""{"lease":{"epoch":1,"ttlSeconds":3,"expiresAt":"2030-01-01T00:00:00Z"}}"""));
        using var connection = new HttpWorkerConnection([hung.Address, fine.Address], TimeProvider.System, new Zero());
        Add(200, ttlSeconds: 3);
        _time.Advance(TimeSpan.FromSeconds(1.8));
        using var guard = Start(connection);

        // One after the other they would take 200 times half a second.
        await Eventually.True(
            () => _runs.Snapshot().All(run => !run.IsHeartbeatLate), () => $"{hung.Connections} at the hung server, {fine.Connections} at the other one");

        Assert.InRange(hung.Connections, 1, HeartbeatGuard.MaxBeating);
    }

    /// <summary>Waits as long as another guard takes to see, look after look, four runs become late.</summary>
    private static async Task WatchedAsync()
    {
        var beats = new Beats(_ => new ReportResult.Accepted());
        var runs = new ActiveRuns();
        using var guard = new HeartbeatGuard(runs, beats, NullLogger.Instance);
        guard.Start();
        for (var time = 0; time < 4; time++)
        {
            var own = new ManualTimeProvider();
            runs.TryAdd(Execution(own, $"w{time}", Given.TtlSeconds));
            own.Advance(TimeSpan.FromSeconds(Given.TtlSeconds * 0.6));
            await beats.Until(() => beats.Answered.Count == time + 1);
        }
    }

    private HeartbeatGuard Start(IBlockingHeartbeats heartbeats)
    {
        var guard = new HeartbeatGuard(_runs, heartbeats, NullLogger.Instance);
        guard.Start();
        return guard;
    }

    private void Add(int count, string prefix = "r", double ttlSeconds = Given.TtlSeconds)
    {
        for (var number = 0; number < count; number++)
            Assert.True(_runs.TryAdd(Execution(_time, $"{prefix}{number}", ttlSeconds)));
    }

    private static RunExecution Execution(TimeProvider time, string run, double ttlSeconds) => new(
        Given.Claim(run, $"session of {run}", ttlSeconds: ttlSeconds), ScriptedAgent.Saying(), new ScriptedConnection(), new WorkerOptions(),
        time, new Random(1), NullLogger.Instance);

    /// <summary>Draws the first of all replicas.</summary>
    private sealed class Zero : Random
    {
        public override int Next(int maxValue) => 0;
    }

    private sealed class Beats(Func<string, ReportResult> answer) : IBlockingHeartbeats
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ConcurrentQueue<string> Answered { get; } = new();

        public ReportResult Heartbeat(string sessionId, string runId, HeartbeatRequest request, TimeSpan timeout)
        {
            All.Enqueue(runId);
            var result = answer(runId);
            Answered.Enqueue(runId);
            return result;
        }

        public Task Until(Func<bool> condition) =>
            Eventually.True(condition, () => $"begun: {string.Join(',', All)}; answered: {string.Join(',', Answered)}");
    }
}
