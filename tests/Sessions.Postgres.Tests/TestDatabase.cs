using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>A migrated database, and stores over it.</summary>
public sealed class TestDatabase(string connectionString, PostgresDatabase database) : IAsyncDisposable
{
    private readonly List<PostgresStore> _stores = [];
    private readonly SemaphoreSlim _passing = new(1);

    public string ConnectionString => connectionString;

    public PostgresDatabase Database => database;

    /// <summary>Migrates a database, and gives it a clock that can be put forward.</summary>
    public static async Task<TestDatabase> OpenAsync(string created)
    {
        var connectionString = await TestClock.MakeAsync(created);
        var database = new PostgresDatabase(connectionString, NullLogger<PostgresDatabase>.Instance);
        await database.MigrateAsync(default);
        return new(connectionString, database);
    }

    /// <summary>A store, as a replica of its own would have it.</summary>
    public PostgresStore Store(PostgresOptions? options = null)
    {
        var store = new PostgresStore(database, options ?? new(), NullLogger<PostgresStore>.Instance);
        _stores.Add(store);
        return store;
    }

    /// <summary>Puts the database's clock forward.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await _passing.WaitAsync();
        try
        {
            await RunAsync<long>(
                $"select setval('test_clock.microseconds', last_value + {(long)time.TotalMicroseconds}) from test_clock.microseconds");
        }
        finally
        {
            _passing.Release();
        }
    }

    /// <summary>Runs SQL that no store would run.</summary>
    public async Task<T> RunAsync<T>(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public async Task<int> RunAsync(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Closes a store, and waits for what the server has counted of its work: a connection hands that in when it ends.</summary>
    public async Task<string> CountedAsync(PostgresStore store, string sql, Func<string, bool> isThere)
    {
        await store.DisposeAsync();
        database.Source.Clear();
        return await Eventually.HoldsAsync(() => RunAsync<string>(sql), isThere, "the statistics have arrived");
    }

    /// <summary>Runs SQL that a constraint must refuse.</summary>
    /// <returns>The constraint.</returns>
    public async Task<string?> RefusedAsync(string sql) =>
        (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(sql))).ConstraintName;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();

        await database.DisposeAsync();
        _passing.Dispose();
    }
}
