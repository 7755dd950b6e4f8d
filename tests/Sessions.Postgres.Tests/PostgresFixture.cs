using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Testing.Postgres;

namespace Sessions.Postgres.Tests;

/// <summary>The server of this assembly's tests that do not crash it: started once, stopped with the last test.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    /// <summary>A database of its own, migrated.</summary>
    public async Task<TestDatabase> CreateAsync()
    {
        var connection = await _server!.CreateDatabaseAsync();
        var database = new PostgresDatabase(connection, NullLogger<PostgresDatabase>.Instance);
        await database.MigrateAsync(default);
        return new TestDatabase(connection, database);
    }

    /// <summary>A database of its own, empty.</summary>
    public Task<string> CreateEmptyAsync() => _server!.CreateDatabaseAsync();
}

[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
