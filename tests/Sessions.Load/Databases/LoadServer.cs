using Npgsql;
using Sessions.Testing.Postgres;

namespace Sessions.Load;

/// <summary>
/// The PostgreSQL that is measured: a private one with the durability of production, or the one of a connection string.
/// The databases that are made there are dropped at the end.
/// </summary>
internal sealed class LoadServer : IAsyncDisposable
{
    private readonly List<string> _databases = [];
    private readonly PostgresCluster? _cluster;
    private readonly string _connectionString;

    private LoadServer(PostgresCluster? cluster, string connectionString, ServerFacts facts)
    {
        _cluster = cluster;
        _connectionString = connectionString;
        Facts = facts;
    }

    /// <summary>What it is and how durable, as it says itself.</summary>
    public ServerFacts Facts { get; }

    public static async Task<LoadServer> StartAsync(string? connectionString, CancellationToken cancellationToken)
    {
        if (connectionString is not null)
            return new LoadServer(null, connectionString, await ServerFacts.ReadAsync(connectionString, cancellationToken));

        var cluster = await PostgresCluster.StartAsync();
        try
        {
            return new LoadServer(cluster, cluster.ConnectionString, await ServerFacts.ReadAsync(cluster.ConnectionString, cancellationToken));
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var name = $"sessions_load_{Guid.NewGuid():n}";
        await ExecuteAsync($"create database {name}", cancellationToken);
        _databases.Add(name);
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
            return;
        }

        foreach (var name in _databases)
            await ExecuteAsync($"drop database if exists {name} with (force)", CancellationToken.None);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
