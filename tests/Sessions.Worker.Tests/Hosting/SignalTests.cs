using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>An abort signal stops exactly the lease that it names.</summary>
public sealed class SignalTests
{
    [Fact]
    public async Task A_signal_stops_its_run_and_nothing_is_reported()
    {
        var claim = Given.Claim();
        var other = Given.Claim("r2", "s2");
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => LeaseTests.Waiting(token)));
        fixture.Connection.Queue(claim);
        fixture.Connection.Queue(other);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 2);
        fixture.Connection.Signal(claim);
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        Assert.Empty(fixture.Connection.Reports);
    }

    [Theory]
    [InlineData("s1", "r1", 2)]
    [InlineData("s1", "r2", 1)]
    [InlineData("s2", "r1", 1)]
    public async Task A_signal_for_another_lease_stops_nothing(string session, string run, long epoch)
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => LeaseTests.Waiting(token)));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        fixture.Connection.Signals.Writer.TryWrite(new(session, run, epoch, AbortReasons.User));
        fixture.Connection.Signals.Writer.TryComplete();
        await fixture.AdvanceUntil(() => fixture.Connection.SignalConnections == 2);
        Assert.Equal(1, fixture.Worker.RunCount);
    }

    [Fact]
    public async Task A_signal_that_comes_before_its_claim_is_answered_still_counts()
    {
        var claim = Given.Claim();
        var started = false;
        var answer = new TaskCompletionSource<IReadOnlyList<ClaimResource>>();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) =>
        {
            started = true;
            return LeaseTests.Waiting(token);
        }));
        fixture.Connection.OnClaim = (_, token) =>
            fixture.Connection.Claims.Count == 1 ? answer.Task : Never(token);
        await fixture.StartAsync();
        fixture.Connection.Signal(claim);
        await fixture.Until(() => fixture.Connection.Signals.Reader.Count == 0);
        fixture.Connection.Signal(Given.Claim("r9", "s9"));
        await fixture.Until(() => fixture.Connection.Signals.Reader.Count == 0);
        answer.SetResult([claim]);
        await fixture.Until(() => fixture.Connection.Claims.Count == 2);
        Assert.False(started);
        Assert.Equal(0, fixture.Worker.RunCount);
        Assert.Empty(fixture.Connection.Reports);
    }

    [Fact]
    public async Task Signals_are_listened_to_again_after_a_fault_and_after_an_end()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => LeaseTests.Waiting(token)));
        fixture.Connection.OnSignals = token => fixture.Connection.SignalConnections switch
        {
            1 => throw new IOException("cut"),
            2 => Cut(token),
            3 => AsyncEnumerable.Empty<AbortSignal>(),
            _ => fixture.Connection.Signals.Reader.ReadAllAsync(token),
        };
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.AdvanceUntil(() => fixture.Connection.SignalConnections == 4);
        fixture.Connection.Signal(claim);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
    }

    [Fact]
    public async Task An_agent_that_ignores_its_cancellation_is_left_alone_and_its_slot_is_free()
    {
        var claim = Given.Claim(ttlSeconds: 600);
        var next = Given.Claim("r2", "s2");
        var forever = new TaskCompletionSource();
        await using var fixture = new WorkerFixture(
            new ScriptedAgent((run, _) => run.Run.Id == "r1" ? Ignoring(forever.Task) : AsyncEnumerable.Empty<AgentOutput>()),
            maxConcurrency: 1);
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 1);
        fixture.Connection.Queue(next);
        fixture.Connection.Signal(claim);
        await fixture.UntilTimerIn(TimeSpan.FromSeconds(5));
        fixture.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, fixture.Worker.RunCount);
        fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
        await fixture.Connection.UntilEnded(next);

        // What it puts out much later goes nowhere.
        forever.SetResult();
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.All(fixture.Connection.Reports, report => Assert.Equal("r2", report.Run.RunId));
    }

    [Fact]
    public async Task A_callback_that_blocks_on_the_token_blocks_nobody_else()
    {
        var claim = Given.Claim();
        var other = Given.Claim("r2", "s2");
        using var gate = new ManualResetEventSlim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) =>
        {
            token.Register(() => gate.Wait(Eventually.Deadline));
            token.Register(() => throw new InvalidOperationException("boom"));
            return LeaseTests.Waiting(token);
        }));
        fixture.Connection.Queue(claim);
        fixture.Connection.Queue(other);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Worker.RunCount == 2);
        fixture.Connection.Signal(claim);
        fixture.Connection.Signal(other);
        await fixture.AdvanceUntil(() => fixture.Worker.RunCount == 0, TimeSpan.FromSeconds(1));
        gate.Set();
    }

    [Fact]
    public async Task An_abort_that_races_with_the_completion_leaves_one_ending_or_none()
    {
        var random = new Random(7);
        await using var fixture = new WorkerFixture(new EchoAgent(TimeSpan.Zero, TimeProvider.System), 8, TimeProvider.System);
        fixture.Connection.Before = async (_, token) =>
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            return null;
        };
        await fixture.StartAsync();
        var claims = Enumerable.Range(0, 300).Select(i => Given.Claim($"r{i}", $"s{i}", epoch: i + 1)).ToList();
        await Task.WhenAll(claims.Select(async claim =>
        {
            fixture.Connection.Queue(claim);
            for (var spins = random.Next(40); spins > 0; spins--)
                await Task.Yield();
            fixture.Connection.Signal(claim);
        }));
        var last = Given.Claim("last", "last");
        fixture.Connection.Queue(last);
        await fixture.Connection.UntilEnded(last);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.All(fixture.Connection.Terminals.GroupBy(report => report.Run), ends => Assert.Single(ends));
    }

    internal static async Task<IReadOnlyList<ClaimResource>> Never(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return [];
    }

    internal static async IAsyncEnumerable<AgentOutput> Ignoring(Task gate)
    {
        await gate;
        yield return new AgentOutput.Delta("late");
    }

    private static async IAsyncEnumerable<AbortSignal> Cut([EnumeratorCancellation] CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        yield return new("sx", "rx", 1, AbortReasons.User);
        throw new IOException("cut");
    }
}
