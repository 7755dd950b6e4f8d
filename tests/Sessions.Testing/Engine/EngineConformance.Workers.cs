using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Which agents there are, and whose sessions one sees (invariant 35).</summary>
public abstract partial class EngineConformance
{
    private static readonly AgentName Announced = new("announced");

    [Fact]
    public async Task An_agent_is_known_while_a_worker_that_announced_it_is_connected()
    {
        var replica = Any;
        Assert.Equal(RefusalCode.AgentNotFound, No(await replica.Sessions.SendAsync(Key(), new("x") { Agent = Announced }, default)).Code);

        var waiting = replica.Runs.ClaimAsync(Asking(wait: Long, agents: Announced), default).AsTask();
        Assert.Equal(new AgentStatus(Announced, "remote", 1), replica.Sessions.Agents(Tenant).Single(agent => agent.Name == Announced));
        Yes(await replica.Sessions.SendAsync(Key(), new("x") { Agent = Announced }, default));
        var claimed = Assert.Single(await waiting.InTimeAsync("the announced agent's run is claimed"));
        await CompleteAsync(claimed);

        await Cluster.PassAsync(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(replica.Sessions.Agents(Tenant), agent => agent.Name == Announced);
        Assert.Equal(["echo", "poet"], replica.Sessions.Agents(Tenant).Select(agent => agent.Name.Value));
        Yes(await replica.Sessions.SendAsync(Key(), new("bound, so still accepted"), default));
    }

    [Fact]
    public async Task A_worker_is_known_to_every_replica_and_counted_once()
    {
        using var cancellation = new CancellationTokenSource();
        var claiming = Cluster.Replicas
            .Take(2).Select(replica => replica.Runs.ClaimAsync(Asking("w1", Long, 1, Announced), cancellation.Token).AsTask())
            .Append(Cluster.Replicas[0].Runs.ClaimAsync(Asking("w2", Long, 1, Announced), cancellation.Token).AsTask()).ToArray();

        foreach (var replica in Cluster.Replicas)
        {
            await Eventually.HoldsAsync(
                () => Task.FromResult(replica.Sessions.Agents(Tenant)),
                agents => agents.Contains(new AgentStatus(Announced, "remote", 2)),
                "every replica counts two workers");
            Yes(await replica.Sessions.SendAsync(Key($"s{Cluster.Replicas.ToList().IndexOf(replica)}"), new("x") { Agent = Announced }, default));
        }

        foreach (var claimed in await Task.WhenAll(claiming).InTimeAsync("all runs are claimed"))
            await CompleteAsync(Assert.Single(claimed));
        await Cluster.PassAsync(TimeSpan.FromMinutes(2));
        foreach (var replica in Cluster.Replicas)
            Assert.DoesNotContain(replica.Sessions.Agents(Tenant), agent => agent.Name == Announced);
    }

    [Fact]
    public async Task Invariant_35_another_tenant_sees_nothing_of_it_and_changes_nothing()
    {
        var other = new TenantId($"t{_test}-other");
        var theirs = new SessionKey(other, Key().Session);
        using var watching = new WatchReader(Any.Sessions.Watch(other, WatchSnapshot.All));
        using var signals = Any.Runs.Listen(other, new("w1"));
        var waiting = Any.Runs.ClaimAsync(new Claim(other, new("w1"), Commands.Agents.Names, 1, Long), default).AsTask();
        var claimed = await RunningAsync(Key());
        await SayAsync(claimed, "secret");
        var id = claimed.Run.Id;

        foreach (var replica in Cluster.Replicas)
        {
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.GetAsync(theirs, default)).Code);
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.GetRunAsync(theirs, id, default, default)).Code);
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.SubscribeAsync(theirs, 0, null, default)).Code);
            Assert.Equal(RefusalCode.SessionNotFound, No(await replica.Sessions.AbortAsync(theirs, id, null, default, default)).Code);
            Assert.Equal(RefusalCode.RunNotFound, No(await replica.Runs.HeartbeatAsync(theirs, id, claimed.Lease.Epoch, default)).Code);
            Assert.Empty((await replica.Sessions.ListAsync(new(other, null, null, null, 10, null), default))!.Items);
        }

        await AbortAsync(Key());
        await watching.UntilQuietAsync();
        Assert.Empty(watching.Given);
        signals.Wake();
        Assert.Empty(await signals.ReadAsync(default));
        Assert.False(waiting.IsCompleted);
        Yes(await Any.Sessions.SendAsync(theirs, new("their own"), default));
        Assert.Equal(theirs, Assert.Single(await waiting.InTimeAsync("their claim is answered")).Key);
        Assert.False((await GetAsync(Key())).HasActiveRun);
    }

    [Fact]
    public async Task Invariant_35_an_agent_announced_by_one_tenants_worker_is_none_of_anothers()
    {
        var other = new TenantId($"t{_test}-other");
        var replica = Any;
        using var cancellation = new CancellationTokenSource();
        var waiting = replica.Runs.ClaimAsync(new Claim(other, new("w1"), new HashSet<AgentName> { Announced }, 1, Long), cancellation.Token).AsTask();

        Assert.Equal(RefusalCode.AgentNotFound, No(await replica.Sessions.SendAsync(Key(), new("x") { Agent = Announced }, default)).Code);
        Assert.Contains(replica.Sessions.Agents(other), agent => agent.Name == Announced);
        Assert.DoesNotContain(replica.Sessions.Agents(Tenant), agent => agent.Name == Announced);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
