using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Postgres;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>What is left in the database when all is over, read beside the servers.</summary>
internal sealed class Truth(Cluster cluster, Scene scene)
{
    public async Task RecordAsync()
    {
        await using var database = new PostgresDatabase(cluster.ConnectionString, NullLogger<PostgresDatabase>.Instance);
        await database.MigrateAsync(default);
        await using var store = new PostgresStore(database, new(), NullLogger<PostgresStore>.Instance);
        var driver = new StoreDriver(store, Times.LeaseTtl);
        foreach (var (key, _) in scene.Sessions)
        {
            var runs = await store.ListRunsAsync(key, null, int.MaxValue, default);
            scene.History.Add(new Final(await driver.StateAsync(key), await driver.LogAsync(key, 1000), runs));
        }
    }
}
