using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>Heartbeats, repeated reports, and what happens when the lease is gone.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(Given.TtlSeconds / 3);

    [Fact]
    public async Task A_silent_run_heartbeats_at_a_third_of_its_ttl()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Waiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        for (var beats = 1; beats <= 5; beats++)
        {
            await fixture.UntilTimerIn(Third);
            fixture.Time.Advance(Third - TimeSpan.FromMilliseconds(1));
            Assert.Equal(beats - 1, fixture.Connection.Heartbeats);
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            await fixture.Until(() => fixture.Connection.Heartbeats == beats);
        }
    }

    [Fact]
    public async Task Output_puts_the_heartbeat_off()
    {
        var more = new SemaphoreSlim(0);
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Stepwise(more, token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.UntilTimerIn(Third);
        fixture.Time.Advance(TimeSpan.FromSeconds(4));
        for (var i = 1; i <= 2; i++)
        {
            // The second batch shows that the answer to the first was taken in.
            more.Release();
            await fixture.Until(() => fixture.Connection.Lease(claim).Items.Count == i);
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.UntilTimerIn(TimeSpan.FromSeconds(4));
        Assert.Equal(0, fixture.Connection.Heartbeats);
        fixture.Time.Advance(TimeSpan.FromSeconds(4));
        await fixture.Until(() => fixture.Connection.Heartbeats == 1);
    }

    [Fact]
    public async Task Agents_that_block_their_threads_do_not_hold_up_heartbeats()
    {
        const int Runs = 32;
        using var gate = new ManualResetEventSlim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, _) => Blocking(gate)), Runs);
        var claims = Enumerable.Range(0, Runs).Select(i => Given.Claim($"r{i}", $"s{i}")).ToList();
        claims.ForEach(fixture.Connection.Queue);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == Runs);
        await fixture.UntilTimerIn(Third);
        fixture.Time.Advance(Third);
        await fixture.Until(() => claims.All(claim =>
            fixture.Connection.Reports.Any(report => report.IsHeartbeat && report.Run.RunId == claim.Run.Id)));
        Assert.Empty(fixture.Connection.Terminals);
        gate.Set();
        await fixture.Until(() => fixture.Connection.Terminals.Count == Runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_is_repeated_after_a_fault_and_lands_once(bool faultAfterLanding)
    {
        var claim = Given.Claim(ttlSeconds: 600);
        var faults = 0;
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying(
            [.. Enumerable.Range(0, 600).Select(i => new AgentOutput.Delta($"{i},"))]));
        fixture.Connection.Before = (_, _) => !faultAfterLanding && Fault() ? throw new IOException("cut") : Task.FromResult<ReportResult?>(null);
        fixture.Connection.After = (_, _) => faultAfterLanding && Fault() ? throw new IOException("cut") : Task.CompletedTask;
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.AdvanceUntil(() => fixture.Connection.Lease(claim).Ending is not null && fixture.Worker.RunCount == 0);

        Assert.Equal(string.Concat(Enumerable.Range(0, 600).Select(i => $"{i},")), fixture.Connection.Lease(claim).Text);
        var outputs = fixture.Connection.Reports.Select(report => report.Output).OfType<OutputRequest>().ToList();
        Assert.All(outputs.GroupBy(output => output.Batch), tries => Assert.Single(tries.Select(output => output.Items).Distinct()));
        Assert.True(outputs.Count > outputs.Select(output => output.Batch).Distinct().Count());
        Assert.NotNull(fixture.Connection.Lease(claim).Completion);

        bool Fault() => Interlocked.Increment(ref faults) % 2 == 1;
    }

    [Fact]
    public async Task A_report_that_is_not_answered_is_repeated_while_the_lease_holds()
    {
        var claim = Given.Claim(ttlSeconds: 60);
        var tries = 0;
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying(new AgentOutput.Delta("x")));
        fixture.Connection.Before = async (report, _) =>
        {
            // Heeds no token, as a connection that hangs.
            if (report.Output is not null && Interlocked.Increment(ref tries) == 1)
                await new TaskCompletionSource().Task;
            return null;
        };
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.AdvanceUntil(() => fixture.Connection.Lease(claim).Ending is not null);
        Assert.Equal("x", fixture.Connection.Lease(claim).Text);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task A_lost_lease_stops_the_agent_at_once_and_nothing_more_is_reported()
    {
        var claim = Given.Claim();
        var stopped = new TaskCompletionSource();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Endless(stopped, token)));
        fixture.Connection.Before = (report, _) =>
        {
            if (report.Output?.Batch == 3)
                fixture.Connection.Lose(claim);
            return Task.FromResult<ReportResult?>(null);
        };
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await stopped.Task.WaitAsync(Eventually.Deadline);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.Equal(3, fixture.Connection.Reports.Count);
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, fixture.Connection.Reports.Count);
    }

    [Fact]
    public async Task A_lease_lost_at_a_heartbeat_stops_the_agent()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Waiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.UntilTimerIn(Third);
        fixture.Connection.Lose(claim);
        fixture.Time.Advance(Third);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.Empty(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task A_worker_that_is_cut_off_gives_its_run_up_when_the_lease_cannot_be_alive()
    {
        var claim = Given.Claim();
        var stopped = new TaskCompletionSource();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Endless(stopped, token)));
        fixture.Connection.Before = (_, _) => throw new IOException("cut off");
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        await fixture.AdvanceUntil(() => fixture.Worker.RunCount == 0, TimeSpan.FromMilliseconds(250));
        Assert.True(stopped.Task.IsCompleted);
        Assert.Empty(fixture.Connection.Terminals);
        var tries = fixture.Connection.Reports.Count;
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(tries, fixture.Connection.Reports.Count);
    }

    [Fact]
    public async Task Output_that_is_refused_while_heartbeats_get_through_fails_the_run()
    {
        var claim = Given.Claim(ttlSeconds: 40);
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying(new AgentOutput.Delta("poison")));
        fixture.Connection.Before = (report, _) =>
            report.Output is null ? Task.FromResult<ReportResult?>(null) : throw new InvalidOperationException("never");
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.AdvanceUntil(() => fixture.Worker.RunCount == 0 && fixture.Connection.Terminals.Count > 0);

        // The agent had ended already, so its own ending stands only if its output got through: it did not.
        Assert.Equal(WorkerErrorCodes.OutputRejected, fixture.Connection.Lease(claim).Failure?.Code);
        Assert.Single(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task A_terminal_report_is_repeated_until_it_is_answered()
    {
        var claim = Given.Claim(ttlSeconds: 600);
        var faults = 3;
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying(new AgentOutput.Delta("x")));
        fixture.Connection.After = (report, _) =>
            report.IsTerminal && faults-- > 0 ? throw new IOException("cut") : Task.CompletedTask;
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.AdvanceUntil(() => fixture.Connection.Terminals.Count > 0 && fixture.Worker.RunCount == 0);
        Assert.Equal(4, fixture.Connection.Terminals.Count);
        Assert.All(fixture.Connection.Terminals, report => Assert.NotNull(report.Complete));
    }

    [Fact]
    public async Task A_newer_lease_of_a_session_ends_the_older_one()
    {
        var older = Given.Claim(epoch: 1);
        var newer = Given.Claim(epoch: 2);
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => Waiting(token)));
        fixture.Connection.Queue(older);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        fixture.Connection.Queue(newer);
        await fixture.Until(() => fixture.Connection.Claims.Count >= 3 && fixture.Worker.RunCount == 1);
        await fixture.UntilTimerIn(Third);
        fixture.Time.Advance(Third);
        await fixture.Until(() => fixture.Connection.Heartbeats == 1);
        Assert.Equal(2, fixture.Connection.Reports.Single(report => report.IsHeartbeat).Run.Epoch);
    }

    internal static async IAsyncEnumerable<AgentOutput> Waiting([EnumeratorCancellation] CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        yield break;
    }

    private static async IAsyncEnumerable<AgentOutput> Stepwise(
        SemaphoreSlim steps, [EnumeratorCancellation] CancellationToken token)
    {
        while (true)
        {
            await steps.WaitAsync(token);
            yield return new AgentOutput.Delta("x");
        }
    }

    private static async IAsyncEnumerable<AgentOutput> Blocking(ManualResetEventSlim gate)
    {
        gate.Wait(Eventually.Deadline);
        yield return new AgentOutput.Delta("x");
        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<AgentOutput> Endless(
        TaskCompletionSource stopped, [EnumeratorCancellation] CancellationToken token)
    {
        try
        {
            while (true)
            {
                yield return new AgentOutput.Delta("x");
                await Task.Yield();
                token.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            stopped.TrySetResult();
        }
    }
}
