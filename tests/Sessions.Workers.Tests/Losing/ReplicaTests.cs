using Sessions.Client;
using Sessions.Testing;

namespace Sessions.Workers.Tests;

/// <summary>Workers over three replicas of which any may go (invariants 11, 13, 19, 24, 30).</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async Task InitializeAsync() => _scene = await Scene.StartReplicasAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Replicas_that_are_killed_under_a_reporting_worker_cost_and_double_nothing()
    {
        await using var worker = _scene.Worker();
        var run = await _scene.SendAsync("s", CutOffTests.Counting(150, waits: 20));
        for (var killed = 0; killed < 2; killed++)
        {
            var atLeast = 40 * (killed + 1);
            await _scene.SeesAsync("s", happened => happened.Text == $"{atLeast},");
            _scene.Replicas[killed].Kill();
        }

        var ended = await Scene.EndAsync(run);

        Assert.True(ended is RunCompleted, $"{ended}\n{worker.Output}");
        Assert.Equal(string.Concat(Enumerable.Range(0, 150).Select(number => $"{number},")), ended.Text);
        await RunAccount.CheckAsync(_scene.Client, "s", ended);
    }

    [Fact]
    public async Task A_replica_that_takes_connections_and_never_answers_costs_no_lease()
    {
        const int Runs = 20;
        await using var scene = await Scene.StartReplicasAsync($"--Sessions:Lease:Ttl={2 * Scene.Ttl}");
        await using var worker = WorkerProcess.Start("w1", [scene.Replicas[0].Address, scene.Replicas[1].Address]);

        // One of the two it talks to. Each hangs for longer than the lease.
        foreach (var hangs in scene.Replicas.Take(2))
        {
            var sessions = Enumerable.Range(0, Runs).Select(number => $"{hangs.Id}-{number}").ToArray();
            var runs = await Task.WhenAll(sessions.Select(session => scene.SendAsync(session, "say:a wait:9000 say:b")));
            foreach (var session in sessions)
                await scene.SeesAsync(session, happened => happened.Text == "a");

            ProcessSignal.Stop.SendTo(hangs.Id);
            try
            {
                var ends = await Task.WhenAll(runs.Select(Scene.EndAsync));
                Assert.All(ends, ended => Assert.True(ended is RunCompleted { Text: "ab" }, $"{ended}\n{worker.Output}"));
            }
            finally
            {
                ProcessSignal.Continue.SendTo(hangs.Id);
            }
        }

        await worker.SaysAsync("heartbeat failed; trying again");
    }

    [Fact]
    public async Task A_worker_of_one_replica_is_known_woken_and_stopped_through_every_other()
    {
        await using var worker = WorkerProcess.Start("w1", [_scene.Replicas[0].Address]);
        foreach (var replica in _scene.Replicas)
        {
            using var client = new SessionsClient(replica.Address);
            await Testing.Eventually.HoldsAsync(
                () => client.AgentsAsync(), agents => agents.Any(agent => agent is { Name: "far", Workers: 1 }), "one worker is counted");
            var session = client.Session(replica.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var run = await session.SendAsync("say:a hold", new SendOptions { Agent = "far" });
            await worker.SaysAsync($"begins {run.Run.Id}");

            await session.AbortAsync();

            await worker.SaysAsync($"cancelled {run.Run.Id}");
            Assert.IsType<RunAborted>(await Scene.EndAsync(run));
        }
    }

    [Fact]
    public async Task A_run_that_no_worker_takes_waits_and_ends_by_its_queue_deadline()
    {
        await using var scene = await Scene.StartAsync("--Sessions:Runs:QueueTimeout=00:00:02");
        var run = await scene.SendAsync("s", "say:a");
        Assert.Equal("queued", (await run.GetAsync()).Status);

        Assert.Equal("no_worker", Assert.IsType<RunFailed>(await Scene.EndAsync(run)).Error.Code);
    }
}
