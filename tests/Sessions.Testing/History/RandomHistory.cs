using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>
/// Lets clients and workers do random things to a few sessions through all replicas of a cluster that loses hints and
/// leases, for a bounded number of steps, and records what everybody saw.
/// </summary>
public sealed class RandomHistory(EngineCluster cluster, TenantId tenant, TimeSpan leaseTtl, Dice dice)
{
    private const int Clients = 4;
    private const int Workers = 4;
    private const int SessionCount = 5;

    private readonly History _history = new();
    private readonly IReadOnlyList<SessionKey> _sessions =
        [.. Enumerable.Range(0, SessionCount).Select(n => new SessionKey(tenant, new($"h{n}")))];

    /// <summary>Runs it.</summary>
    /// <param name="steps">How many things each client does.</param>
    /// <param name="passes">How often time passes, up to more than a lease each time.</param>
    public async Task<History> RunAsync(int steps, int passes)
    {
        foreach (var key in _sessions)
            await cluster.Replicas[0].Sessions.CreateAsync(key, null, null, null, default);

        cluster.Lose(_ => dice.Once(3));
        using var working = new CancellationTokenSource();
        using var readers = new HistoryReaders(cluster, _history, tenant, _sessions, dice);
        var workers = Enumerable.Range(0, Workers)
            .Select(n => Task.Run(() => new RandomWorker(cluster, tenant, $"w{n}", _history, dice).RunAsync(working.Token))).ToArray();
        var clients = Task.WhenAll(Enumerable.Range(0, Clients)
            .Select(n => Task.Run(() => new RandomClient(cluster, _sessions, $"c{n}", _history, dice).RunAsync(steps))));
        for (var pass = 0; pass < passes; pass++)
            await PassAsync(dice.Below(150) / 100.0);

        await clients.InTimeAsync("the clients are done");
        cluster.Lose(null);
        await DrainAsync();
        await working.CancelAsync();
        await Task.WhenAll(workers).InTimeAsync("the workers are done");
        foreach (var key in _sessions)
            await RecordAsync(key);

        foreach (var replica in cluster.Replicas)
            await replica.RepairAsync(default);

        await readers.FinishAsync();
        return _history;
    }

    /// <summary>Until every run is terminal: leases of dead workers run out, and what is queued is worked off.</summary>
    private async Task DrainAsync()
    {
        var query = new SessionQuery(tenant, null, true, null, 100, null);
        await Eventually.HoldsAsync(
            async () =>
            {
                await PassAsync(1.05);
                return (await dice.Choose(cluster.Replicas).Sessions.ListAsync(query, default))!.Items;
            },
            active => active.Count == 0,
            "no run is active");
    }

    private async Task PassAsync(double leases)
    {
        await cluster.PassAsync(leaseTtl * leases);
        await dice.Choose(cluster.Replicas).SweepAsync(default);
        await dice.Choose(cluster.Replicas).RepairAsync(default);
        await Task.Delay(1);
    }

    private async Task RecordAsync(SessionKey key)
    {
        var driver = new StoreDriver(cluster.Store, leaseTtl);
        var runs = await cluster.Store.ListRunsAsync(key, null, int.MaxValue, default);
        _history.Add(new Final(await driver.StateAsync(key), await driver.LogAsync(key), runs));
    }
}
