using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>A worker that is stopped loses no run and does not hang.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Runs_that_end_within_the_grace_complete()
    {
        var claim = Given.Claim();
        var gate = new TaskCompletionSource();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, _) => SignalTests.Ignoring(gate.Task)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        var drain = fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        var claims = fixture.Connection.Claims.Count;
        Assert.False(drain.IsCompleted);
        gate.SetResult();
        await drain.WaitAsync(Eventually.Deadline);
        Assert.NotNull(fixture.Connection.Lease(claim).Completion);
        Assert.Equal("late", fixture.Connection.Lease(claim).Text);
        Assert.Equal(claims, fixture.Connection.Claims.Count);
    }

    [Fact]
    public async Task Runs_that_do_not_end_within_the_grace_fail_behind_what_they_put_out()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => SayingThenWaiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Lease(claim).Items.Count == 1);
        var drain = fixture.Worker.StopAsync(CancellationToken.None);
        await fixture.AdvanceUntil(() => fixture.Connection.Heartbeats == 1, TimeSpan.FromSeconds(0.5));
        Assert.Null(fixture.Connection.Lease(claim).Ending);
        await fixture.AdvanceUntil(() => drain.IsCompleted, TimeSpan.FromSeconds(0.1));
        AssertShutDown(fixture, claim);
        Assert.Equal("partial", fixture.Connection.Lease(claim).Text);
    }

    [Fact]
    public async Task An_agent_that_ignores_its_cancellation_does_not_hold_up_the_drain()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(
            new ScriptedAgent((_, _) => SignalTests.Ignoring(new TaskCompletionSource().Task)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        var drain = fixture.Worker.DrainAsync(TimeSpan.Zero, CancellationToken.None);

        // Reported at once, without any time passing.
        await fixture.Connection.UntilEnded(claim);
        AssertShutDown(fixture, claim);
        await fixture.AdvanceUntil(() => drain.IsCompleted, TimeSpan.FromSeconds(1));
        Assert.InRange(fixture.Time.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_in_flight_that_still_brings_runs_hands_them_back(bool heedsCancellation)
    {
        var claim = Given.Claim();
        var asked = false;
        var answer = new TaskCompletionSource<IReadOnlyList<ClaimResource>>();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, _) =>
        {
            asked = true;
            return AsyncEnumerable.Empty<AgentOutput>();
        }));
        fixture.Connection.OnClaim = async (_, token) =>
        {
            if (!heedsCancellation)
                return await answer.Task;
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return [claim];
        };
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1);
        var drain = fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        if (!heedsCancellation)
        {
            Assert.False(drain.IsCompleted);
            answer.SetResult([claim]);
        }

        await drain.WaitAsync(Eventually.Deadline);
        AssertShutDown(fixture, claim);
        Assert.False(asked);
        Assert.Single(fixture.Connection.Claims);
    }

    [Fact]
    public async Task A_claim_that_never_returns_does_not_hold_up_the_drain()
    {
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.OnClaim = (_, _) => new TaskCompletionSource<IReadOnlyList<ClaimResource>>().Task;
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1);
        var drain = fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        await fixture.AdvanceUntil(() => drain.IsCompleted, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_claim_that_throws_when_it_is_cancelled_does_not_break_the_drain()
    {
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.OnClaim = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new IOException("cut");
        };
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1);
        await fixture.Worker.DrainAsync(Grace, CancellationToken.None).WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task A_control_plane_that_is_gone_does_not_hold_up_the_drain()
    {
        var claim = Given.Claim(ttlSeconds: 3600);
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => SayingThenWaiting(token)));
        fixture.Connection.Before = (_, _) => throw new IOException("gone");
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Reports.Count == 1);
        var drain = fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        await fixture.AdvanceUntil(() => drain.IsCompleted, TimeSpan.FromSeconds(1));
        await fixture.AdvanceUntil(() => fixture.Worker.RunCount == 0, TimeSpan.FromSeconds(1));
        Assert.Empty(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task The_token_ends_the_grace_but_not_the_reports()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => SayingThenWaiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Lease(claim).Items.Count == 1);
        using var hurry = new CancellationTokenSource();
        var drain = fixture.Worker.DrainAsync(Grace, hurry.Token);
        await hurry.CancelAsync();
        await drain.WaitAsync(Eventually.Deadline);
        AssertShutDown(fixture, claim);
    }

    [Fact]
    public async Task Two_drains_at_a_time_report_once_and_the_shorter_grace_counts()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => SayingThenWaiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Lease(claim).Items.Count == 1);
        var slow = fixture.Worker.DrainAsync(TimeSpan.FromHours(1), CancellationToken.None);
        var quick = fixture.Worker.DrainAsync(TimeSpan.Zero, CancellationToken.None);
        await Task.WhenAll(slow, quick).WaitAsync(Eventually.Deadline);
        AssertShutDown(fixture, claim);
    }

    [Fact]
    public async Task An_abort_during_the_grace_stops_the_run_without_a_report()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => SayingThenWaiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Lease(claim).Items.Count == 1);
        var drain = fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        fixture.Connection.Signal(claim);
        await drain.WaitAsync(Eventually.Deadline);
        Assert.Empty(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task A_worker_drained_before_its_start_never_claims()
    {
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        await fixture.Worker.DrainAsync(Grace, CancellationToken.None);
        await fixture.StartAsync();
        await fixture.Worker.StopAsync(CancellationToken.None);
        Assert.Empty(fixture.Connection.Claims);
    }

    [Fact]
    public async Task Drains_at_any_moment_leave_every_claimed_run_with_one_ending()
    {
        for (var round = 0; round < 40; round++)
        {
            var random = new Random(round);
            await using var fixture = new WorkerFixture(
                new EchoAgent(TimeSpan.FromTicks(random.Next(3)), TimeProvider.System), 3, TimeProvider.System);
            var claims = Enumerable.Range(0, 12).Select(i => Given.Claim($"r{i}", $"s{i}")).ToList();
            var given = new List<ClaimResource>();
            var left = new Queue<ClaimResource>(claims);
            fixture.Connection.OnClaim = async (request, token) =>
            {
                await Task.Yield();
                if (left.Count == 0)
                    return await SignalTests.Never(token);
                var taken = new List<ClaimResource>();
                while (taken.Count < request.Max && left.TryDequeue(out var claim))
                    taken.Add(claim);
                given.AddRange(taken);
                return taken;
            };
            await fixture.StartAsync();
            for (var spins = random.Next(200); spins > 0; spins--)
                await Task.Yield();
            await fixture.Worker.DrainAsync(TimeSpan.Zero, CancellationToken.None).WaitAsync(Eventually.Deadline);
            Assert.Equal(
                given.Select(ScriptedConnection.KeyOf).Order(Comparer<RunKey>.Create((a, b) => string.CompareOrdinal(a.RunId, b.RunId))),
                fixture.Connection.Terminals.Select(report => report.Run)
                    .Order(Comparer<RunKey>.Create((a, b) => string.CompareOrdinal(a.RunId, b.RunId))));
        }
    }

    private static void AssertShutDown(WorkerFixture fixture, ClaimResource claim)
    {
        var failure = fixture.Connection.Lease(claim).Failure!;
        Assert.Equal((RunErrorCodes.WorkerShutdown, FailPhases.Run), (failure.Code, failure.Phase));
        Assert.Single(fixture.Connection.Terminals);
    }

    private static async IAsyncEnumerable<AgentOutput> SayingThenWaiting([EnumeratorCancellation] CancellationToken token)
    {
        yield return new AgentOutput.Delta("partial");
        await Task.Delay(Timeout.Infinite, token);
    }
}
