using Sessions.Testing.Postgres;

namespace Sessions.Load.Tests;

/// <summary>One server for all of these tests.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    /// <summary>An empty database of its own.</summary>
    public Task<string> CreateDatabaseAsync() => _server!.CreateDatabaseAsync();
}

[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
