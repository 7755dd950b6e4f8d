using Sessions.Testing.Postgres;

namespace Sessions.Postgres.Tests;

/// <summary>The server of a collection of tests that do not crash it: started once, stopped with the last test.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    /// <summary>A database of its own, migrated.</summary>
    public async Task<TestDatabase> CreateAsync() => await TestDatabase.OpenAsync(await _server!.CreateDatabaseAsync());

    /// <summary>A database of its own, empty.</summary>
    public Task<string> CreateEmptyAsync() => _server!.CreateDatabaseAsync();
}

[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

/// <summary>Apart, so that the long ones run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class EnginesOnPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "Engines on PostgreSQL";
}
