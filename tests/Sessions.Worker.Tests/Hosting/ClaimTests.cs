using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>A worker takes as much as it can execute, and survives a control plane that fails.</summary>
public sealed class ClaimTests
{
    [Fact]
    public async Task A_claim_asks_for_as_many_runs_as_there_are_free_slots()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, token) => LeaseTests.Waiting(token)), maxConcurrency: 3);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1);
        fixture.Connection.Queue(claim);
        await fixture.Until(() => fixture.Connection.Claims.Count == 2);
        Assert.Equal([3, 2], fixture.Connection.Claims.Select(request => request.Max!.Value));
        Assert.All(fixture.Connection.Claims, request =>
            Assert.Equal(("w1", "agent", 20d), (request.WorkerId, Assert.Single(request.Agents!), request.WaitSeconds)));
    }

    [Fact]
    public async Task No_more_runs_than_the_limit_are_executed_at_a_time_and_each_keeps_its_order()
    {
        const int Limit = 3;
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fixture = new WorkerFixture(new ScriptedAgent((run, _) => Counted(run)), Limit, TimeProvider.System);
        var claims = Enumerable.Range(0, 60)
            .Select(i => Given.Claim($"r{i}", $"s{i}", text: string.Join(' ', Enumerable.Range(i, 40)))).ToList();
        claims.ForEach(fixture.Connection.Queue);
        fixture.Connection.Before = async (_, _) =>
        {
            await Task.Yield();
            return null;
        };
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Terminals.Count == claims.Count);
        Assert.Equal(Limit, most);
        Assert.All(claims, claim => Assert.Equal(claim.Run.Input.Text, fixture.Connection.Lease(claim).Text));

        async IAsyncEnumerable<AgentOutput> Counted(AgentRun run)
        {
            var now = Interlocked.Increment(ref running);
            for (var seen = most; now > seen; seen = most)
                Interlocked.CompareExchange(ref most, now, seen);

            // The first ones go on only once all slots are taken: whether they would be is not left to the scheduler.
            if (now == Limit)
                full.TrySetResult();
            await full.Task;
            foreach (var c in run.Run.Input.Text)
            {
                yield return new AgentOutput.Delta(c.ToString());
                if (c == ' ')
                    await Task.Yield();
            }

            Interlocked.Decrement(ref running);
        }
    }

    [Fact]
    public async Task A_full_worker_does_not_claim_until_a_slot_is_free()
    {
        var gates = new ConcurrentDictionary<string, TaskCompletionSource>();
        await using var fixture = new WorkerFixture(new ScriptedAgent((run, token) => Gated(run, token)), maxConcurrency: 1);
        var first = Given.Claim();
        var second = Given.Claim("r2", "s2");
        fixture.Connection.Queue(first);
        fixture.Connection.Queue(second);
        await fixture.StartAsync();
        await fixture.Until(() => gates.ContainsKey("r1"));
        Assert.Single(fixture.Connection.Claims);
        gates["r1"].SetResult();
        await fixture.Until(() => gates.ContainsKey("r2"));
        Assert.Equal(2, fixture.Connection.Claims.Count);

        async IAsyncEnumerable<AgentOutput> Gated(AgentRun run, [EnumeratorCancellation] CancellationToken token)
        {
            var gate = new TaskCompletionSource();
            gates[run.Run.Id] = gate;
            await gate.Task.WaitAsync(token);
            yield break;
        }
    }

    [Fact]
    public async Task Claims_go_on_after_faults_with_growing_pauses()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.OnClaim = (_, token) => fixture.Connection.Claims.Count switch
        {
            <= 6 => throw new IOException("down"),
            7 => Task.FromResult<IReadOnlyList<ClaimResource>>([claim]),
            _ => SignalTests.Never(token),
        };
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1);
        await fixture.AdvanceUntil(() => fixture.Connection.Lease(claim).Ending is not null);

        // 50 ms, doubled five times, each at least halved by the jitter.
        Assert.InRange(fixture.Time.Elapsed, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_empty_answer_without_a_wait_does_not_make_the_worker_spin()
    {
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.OnClaim = (_, _) => Task.FromResult<IReadOnlyList<ClaimResource>>([]);
        await fixture.StartAsync();
        await fixture.Until(() => fixture.Connection.Claims.Count == 1 && fixture.Time.ArmedTimers == 1);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(4));
        Assert.Single(fixture.Connection.Claims);
        await fixture.AdvanceUntil(() => fixture.Connection.Claims.Count == 3);
    }

    [Fact]
    public async Task A_claim_that_is_not_answered_is_given_up()
    {
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.OnClaim = (_, token) => SignalTests.Never(token);
        await fixture.StartAsync();
        await fixture.UntilTimerIn(TimeSpan.FromSeconds(35));
        fixture.Time.Advance(TimeSpan.FromSeconds(35));
        await fixture.AdvanceUntil(() => fixture.Connection.Claims.Count == 2);
    }

    [Fact]
    public async Task A_run_that_is_claimed_twice_is_executed_once()
    {
        var claim = Given.Claim();
        var next = Given.Claim("r2", "s2");
        var calls = 0;
        await using var fixture = new WorkerFixture(new ScriptedAgent((run, token) =>
        {
            Interlocked.Increment(ref calls);
            return run.Run.Id == "r1" ? LeaseTests.Waiting(token) : AsyncEnumerable.Empty<AgentOutput>();
        }));
        fixture.Connection.Queue(claim);
        fixture.Connection.Queue(claim);
        fixture.Connection.Queue(next);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(next);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_worker_without_agents_does_nothing()
    {
        var connection = new ScriptedConnection();
        await using var worker = new AgentWorker(
            connection, new Dictionary<string, IAgent>(), new WorkerOptions(), TimeProvider.System, NullLogger<AgentWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        Assert.Empty(connection.Claims);
    }

    public static TheoryData<string, WorkerOptions> Impossible => new()
    {
        { nameof(WorkerOptions.WorkerId), new WorkerOptions { WorkerId = "a b" } },
        { nameof(WorkerOptions.MaxConcurrency), new WorkerOptions { MaxConcurrency = 0 } },
        { nameof(WorkerOptions.ClaimWait), new WorkerOptions { ClaimWait = TimeSpan.FromSeconds(61) } },
        { nameof(WorkerOptions.DrainGrace), new WorkerOptions { DrainGrace = TimeSpan.FromSeconds(-1) } },
        { nameof(WorkerOptions.AgentStopGrace), new WorkerOptions { AgentStopGrace = TimeSpan.FromDays(1) } },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void An_option_that_cannot_be_is_refused_by_name(string name, WorkerOptions options) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void The_options_are_fine_as_they_are() => new WorkerOptions().Validate();
}
