using Npgsql;

namespace Sessions.Testing.Postgres;

/// <summary>
/// A server to make databases in: that of <c>SESSIONS_TEST_POSTGRES</c> (a connection string whose user may create
/// databases), or else a private one, without the cost of durability.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly List<string> _databases = [];
    private readonly PostgresCluster? _cluster;
    private readonly string _connectionString;

    private PostgresServer(PostgresCluster? cluster, string connectionString)
    {
        _cluster = cluster;
        _connectionString = connectionString;
    }

    public static async Task<PostgresServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("SESSIONS_TEST_POSTGRES") is { Length: > 0 } given)
            return new(null, given);

        var cluster = await PostgresCluster.StartAsync(durable: false);
        return new(cluster, cluster.ConnectionString);
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        if (_cluster is not null)
            return await _cluster.CreateDatabaseAsync();

        var name = $"sessions_test_{Guid.NewGuid():n}";
        await ExecuteAsync($"create database {name}");
        lock (_databases)
            _databases.Add(name);

        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _databases)
            await ExecuteAsync($"drop database if exists {name} with (force)");

        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
