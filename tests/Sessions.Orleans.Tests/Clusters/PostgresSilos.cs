using Npgsql;
using Sessions.Engine;
using Sessions.Postgres;
using Sessions.Postgres.Tests;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>
/// Three silos and a client, each with a store of its own over one database, which keeps the cluster's members and stream
/// subscriptions too; started once, for all tests of a class.
/// </summary>
public sealed class PostgresSilos : IAsyncLifetime
{
    private Func<EngineCluster>? _lend;
    private Func<Task>? _endAsync;
    private string _connectionString = "";

    public async Task InitializeAsync()
    {
        var postgres = new PostgresFixture();
        await postgres.InitializeAsync();
        var database = await postgres.CreateAsync();
        var clock = new RunningClock();
        var store = database.Store();
        _connectionString = database.ConnectionString;
        await PostgresClustering.MigrateAsync(database.ConnectionString, default);
        var silos = await SiloCluster.StartAsync(3, new EngineOptions { MaxQueued = 5 }, clock.Time, StoreOfItsOwn, database.ConnectionString);
        _lend = () => new LentCluster(silos, store, PassAsync);
        _endAsync = async () =>
        {
            await silos.DisposeAsync();
            await database.DisposeAsync();
            await clock.DisposeAsync();
            await postgres.DisposeAsync();
        };

        // For the database, and then for the engines.
        async ValueTask PassAsync(TimeSpan time)
        {
            await database.PassAsync(time);
            clock.Advance(time);
        }

        PostgresStore StoreOfItsOwn()
        {
            lock (database)
                return database.Store();
        }
    }

    public Task DisposeAsync() => _endAsync!();

    /// <summary>How many rows of the cluster's there are.</summary>
    internal async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand($"select count(*) from orleans.{table}", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>The cluster as one test sees it.</summary>
    internal EngineCluster Lend() => _lend!();
}
