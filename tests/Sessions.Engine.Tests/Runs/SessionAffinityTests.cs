using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class SessionAffinityTests
{
    private static readonly SessionKey Key = new(new("t"), new("s"));

    [Fact]
    public async Task A_run_goes_to_the_worker_that_last_ran_its_session_if_it_waits_and_else_to_another()
    {
        await using var cluster = new MemoryCluster(new EngineOptions());
        var replica = cluster.Replicas[0];
        await EndAsync(replica, Claim(replica, "w1"), await SendAsync(replica));

        var stranger = Claim(replica, "w2");
        var known = Claim(replica, "w1");
        await EndAsync(replica, known, await SendAsync(replica));
        Assert.False(stranger.IsCompleted);

        await EndAsync(replica, stranger, await SendAsync(replica));
    }

    [Fact]
    public void What_ran_last_is_kept_longest_and_not_everything_for_ever()
    {
        var affinity = new SessionAffinity();
        affinity.Remember(Key, new("w1"));
        affinity.Remember(Key, new("w2"));
        Assert.Equal(new WorkerId("w2"), affinity.Of(Key));

        for (var at = 0; at < SessionAffinity.Capacity; at++)
            affinity.Remember(Other(at), new("w3"));
        Assert.Equal(new WorkerId("w2"), affinity.Of(Key));
        for (var at = 0; at < SessionAffinity.Capacity; at++)
            affinity.Remember(Other(-1 - at), new("w3"));
        Assert.Null(affinity.Of(Key));
    }

    private static SessionKey Other(int number) => new(new("t"), new($"s{number}"));

    private static Task<IReadOnlyList<ClaimedRun>> Claim(EngineReplica replica, string worker) => replica.Runs.ClaimAsync(
        new Claim(Key.Tenant, new(worker), Commands.Agents.Names, 1, TimeSpan.FromMinutes(1)), default).AsTask();

    private static async Task<RunId> SendAsync(EngineReplica replica) =>
        (await replica.Sessions.SendAsync(Key, new("hello"), default)).Value!.Run!.Id;

    private static async Task EndAsync(EngineReplica replica, Task<IReadOnlyList<ClaimedRun>> claiming, RunId run)
    {
        var claimed = Assert.Single(await claiming.InTimeAsync("the claim is answered"));
        Assert.Equal(run, claimed.Run.Id);
        await replica.Runs.CompleteAsync(Key, run, claimed.Lease.Epoch, null, null, default);
    }
}
