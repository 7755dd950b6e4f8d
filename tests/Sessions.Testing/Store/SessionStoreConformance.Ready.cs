using System.Collections.Concurrent;
using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What is ready to start is found, by agent, longest waiting first (invariants 19, 21).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Only_the_head_of_a_session_without_a_running_run_is_ready()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1"));
        await Driver.DoAsync(Key(), Commands.Send("r2"));
        Assert.Equal([Key()], await ReadyAsync());

        var run = await Driver.StartAsync(Key());
        Assert.Empty(await ReadyAsync());

        await Driver.DoAsync(Key(), Commands.Complete(run));
        Assert.Equal([Key()], await ReadyAsync());
        await Driver.DoAsync(Key(), Commands.Abort());
        Assert.Empty(await ReadyAsync());
    }

    [Fact]
    public async Task A_run_that_lost_its_worker_is_ready_again()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1") with { MaxAttempts = 2 });
        await Driver.StartAsync(Key());
        await PassAsync(LeaseTtl * 2);
        await Driver.DoAsync(Key(), new ExpireDue());

        Assert.Equal([Key()], await ReadyAsync());
    }

    [Fact]
    public async Task Ready_runs_are_found_by_agent()
    {
        await Driver.DoAsync(Key("a"), Commands.Send("r1", agent: Commands.Echo));
        await Driver.DoAsync(Key("b"), Commands.Send("r1", agent: Commands.Poet));

        Assert.Equal([Key("a")], await ReadyAsync(Commands.Echo));
        Assert.Equal([Key("b")], await ReadyAsync(Commands.Poet));
        Assert.Empty(await ReadyAsync(new AgentName("nobody")));

        // Who was pointed at them may have them alone for a short while.
        await PassAsync(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, (await ReadyAsync(Commands.Echo, Commands.Poet)).Count);
    }

    [Fact]
    public async Task The_longest_waiting_is_started_first_over_all_agents()
    {
        for (var n = 0; n < 6; n++)
        {
            await Driver.DoAsync(Key($"s{n}"), Commands.Send("r1", agent: n % 2 == 0 ? Commands.Poet : Commands.Echo));
            await PassAsync(TimeSpan.FromMilliseconds(2));
        }

        var order = new List<string>();
        for (var n = 0; n < 6; n++)
        {
            var key = Assert.Single(await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 1, default));
            await Driver.StartAsync(key);
            order.Add(key.Session.Value);
        }

        Assert.Equal(["s0", "s1", "s2", "s3", "s4", "s5"], order);
    }

    [Fact]
    public async Task Many_callers_that_start_what_they_find_start_each_run_once()
    {
        const int Sessions = 40;
        for (var n = 0; n < Sessions; n++)
            await Driver.DoAsync(Key($"s{n}"), Commands.Send("r1"));

        var started = new ConcurrentBag<SessionKey>();
        await Race.RunAsync(4, async worker =>
        {
            while (await Store.FindReadyAsync(Tenant, Commands.Agents.Names, 3, default) is { Count: > 0 } ready)
            {
                foreach (var key in ready)
                {
                    var loaded = await LoadAsync(key);
                    var decision = Decider.Decide(loaded.State, Commands.Start(LeaseTtl, $"w{worker}"), loaded.Facts, loaded.Now);
                    if (decision is not Decision.Accepted accepted)
                        continue;

                    var write = new Engine.DecisionWrite(key, loaded.State.Version, accepted.ExpectedBeats, accepted.Events, loaded.Now);
                    if (await Store.AppendAsync(write, default) is Engine.DecisionResult.Committed)
                        started.Add(key);
                }
            }
        });

        Assert.Equal(Sessions, started.Count);
        Assert.Equal(Sessions, started.Distinct().Count());
    }

    private async Task<IReadOnlyCollection<SessionKey>> ReadyAsync(params AgentName[] agents) =>
        await Store.FindReadyAsync(Tenant, agents.Length == 0 ? Commands.Agents.Names : agents.ToHashSet(), 100, default);
}
