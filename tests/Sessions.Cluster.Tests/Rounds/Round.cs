using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>
/// One cluster from its start to its end: everybody works while the plan's faults happen, then what was begun is brought to
/// its end, and what is left is recorded.
/// </summary>
internal sealed class Round(int seed, IReadOnlyList<Fault> plan, Action<string> print)
{
    private readonly History _history = new();

    /// <summary>How long all work before the first fault, undisturbed.</summary>
    public TimeSpan Undisturbed { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long what was begun may take to end once nobody sends any more.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the readers may take to have everything.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="prepare">Does something to the migrated database, given its connection string, before there is any load.</param>
    public async Task<RoundResult> RunAsync(Func<string, Task>? prepare = null)
    {
        print($"seed {seed}: {string.Join(", ", plan)}");
        await using var cluster = await Cluster.StartAsync(_history, prepare);
        var scene = new Scene(cluster, _history);
        using var actors = new Actors(scene, seed);
        try
        {
            await actors.CreateSessionsAsync();
            actors.Start();
            await Task.Delay(Undisturbed);
            await new Nemesis(cluster, _history, new Dice(seed), print).RunAsync(plan);
            await actors.StopClientsAsync(DrainTime);
            var drained = await DrainAsync(cluster);
            await actors.StopWorkersAsync();
            await new Truth(cluster, scene).RecordAsync();
            var settled = await actors.SettleAsync(SettleTime);
            return new(
                seed, _history, Bounds.Of(_history, Times.Bound), actors.Open, scene.CrossAborts,
                cluster.Replicas.Sum(replica => replica.Refusals), actors.Responses, actors.Ended, actors.LeaseLooks,
                actors.LongestWait, drained, settled,
                [.. cluster.Replicas.SelectMany(replica => replica.Tail(200))]);
        }
        catch
        {
            print(string.Join(Environment.NewLine, cluster.Replicas.SelectMany(replica => replica.Tail(30))));
            throw;
        }
        finally
        {
            await actors.StopAsync();
        }
    }

    /// <summary>
    /// Until every run is terminal, while notifications go on getting lost: so it is the last ones before silence that are
    /// lost (invariant 31). What does not end by itself the checker will find in the logs.
    /// </summary>
    private async Task<TimeSpan> DrainAsync(Cluster cluster)
    {
        var admin = new Admin(cluster.ConnectionString);
        var from = TimeProvider.System.GetTimestamp();
        while (await admin.CountActiveAsync() > 0 && TimeProvider.System.GetElapsedTime(from) < DrainTime)
        {
            await admin.CutListenersAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        return TimeProvider.System.GetElapsedTime(from);
    }
}
