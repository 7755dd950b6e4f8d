using System.Diagnostics;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>Does to the cluster what a plan says, one fault after the other, with a breath between them.</summary>
internal sealed class Nemesis(Cluster cluster, History history, Dice dice, Action<string> print)
{
    private const int MaxStops = 4;

    private readonly Admin _admin = new(cluster.ConnectionString);
    private readonly long _from = Stopwatch.GetTimestamp();

    public async Task RunAsync(IEnumerable<Fault> plan)
    {
        foreach (var fault in plan)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1500 + dice.Below(2000)));
            cluster.IsTroubled = true;
            Print($"{fault}");
            await DoAsync(fault);
        }
    }

    private Task DoAsync(Fault fault) => fault switch
    {
        Fault.KillReplica => KillReplicaAsync(),
        Fault.StopReplica => StopReplicaAsync(),
        Fault.KillDatabase => AwayAsync(cluster.Postgres.KillAsync, TimeSpan.Zero),
        Fault.DatabaseOutage => AwayAsync(cluster.Postgres.StopAsync, Times.Outage),
        Fault.CutWriters => CutWritersAsync(),
        Fault.LoseNotifications => LoseNotificationsAsync(),
        Fault.RollingRestart => RollingRestartAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private async Task KillReplicaAsync()
    {
        var replica = await BusyAsync();
        Print($"kill -9 of replica {replica.Number}");
        await replica.KillAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(dice.Below(3000)));
        await replica.StartAsync();
    }

    /// <summary>
    /// Until a worker was refused that had been stopped: what it ran may have ended just before, and whatever else tells it of
    /// its loss may be faster than its next report.
    /// </summary>
    private async Task StopReplicaAsync()
    {
        for (var stops = 0; stops < MaxStops; stops++)
        {
            var replica = await BusyAsync();
            var before = replica.Refusals;
            Print($"SIGSTOP of replica {replica.Number} for {Times.BeyondLease.TotalSeconds} s");
            await replica.StopAsync(Times.BeyondLease);
            for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < Times.LeaseTtl;)
            {
                if (replica.Refusals > before)
                    return;

                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private async Task AwayAsync(Func<Task> end, TimeSpan time)
    {
        var from = DateTimeOffset.UtcNow;
        await end();
        await Task.Delay(time);
        await cluster.Postgres.StartServerAsync();
        history.Add(new Observation.StoreAway(from, DateTimeOffset.UtcNow));
    }

    private async Task CutWritersAsync()
    {
        for (var cut = 0; cut < 8; cut++)
        {
            var replica = dice.Choose(cluster.Replicas);
            Print($"cut {await _admin.CutWritersAsync(replica.ApplicationName)} writing connections of replica {replica.Number}");
            await Task.Delay(TimeSpan.FromMilliseconds(100 + dice.Below(500)));
        }
    }

    private async Task LoseNotificationsAsync()
    {
        var cut = 0L;
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < TimeSpan.FromSeconds(5);)
        {
            cut += await _admin.CutListenersAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100 + dice.Below(200)));
        }

        Print($"cut {cut} listening connections");
    }

    private async Task RollingRestartAsync()
    {
        foreach (var replica in cluster.Replicas)
        {
            Print($"SIGTERM of replica {replica.Number}");
            await replica.EndAsync();
            await replica.StartAsync();
        }
    }

    /// <summary>A replica that runs agents.</summary>
    private async Task<Replica> BusyAsync()
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            var replica = dice.Choose(cluster.Replicas);
            if (await _admin.CountRunningAsync(replica.Worker.Value) > 0)
                return replica;

            if (Stopwatch.GetElapsedTime(from) > Times.Start)
                throw new TimeoutException($"No replica has run an agent in {Times.Start}.");

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private void Print(string what) => print($"{DateTime.UtcNow:HH:mm:ss.fff} {Stopwatch.GetElapsedTime(_from).TotalSeconds,6:0.0} s  {what}");
}
