using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Sessions.Postgres.Tests;

/// <summary>Migrations run once, whoever starts at the same time; what is wrong is said on one line.</summary>
[Collection(OnPostgres.Name)]
public sealed class MigrationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Many_replicas_may_start_at_once_on_an_empty_database()
    {
        var connection = await postgres.CreateEmptyAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var database = Connect(connection);
            await database.MigrateAsync(default);
        }));

        await using var source = NpgsqlDataSource.Create(connection);
        await using var count = source.CreateCommand("select count(*) from sessions.migrations");
        Assert.Equal(Migration.All.Count, (int)(long)(await count.ExecuteScalarAsync())!);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await using var database = await postgres.CreateAsync();
        await database.RunAsync("insert into sessions.migrations (number, name) values (999, '999_future')");

        Assert.Contains("newer", await RefusedAsync(database.ConnectionString), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused_and_left_as_it_is()
    {
        var connection = new NpgsqlConnectionStringBuilder(await postgres.CreateEmptyAsync());
        await using var older = new OlderServer(connection.Host!, connection.Port);
        var through = new NpgsqlConnectionStringBuilder(connection.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = older.Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };

        Assert.Matches("^The database server is PostgreSQL 14\\.[0-9.]+; it has to be 15 or later\\.$", await RefusedAsync(through.ConnectionString));
        await using var source = NpgsqlDataSource.Create(connection.ConnectionString);
        await using var schemas = source.CreateCommand("select count(*) from pg_namespace where nspname = 'sessions'");
        Assert.Equal(0L, await schemas.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_failing_migration_leaves_nothing_behind()
    {
        var connection = await postgres.CreateEmptyAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await using (var obstacle = source.CreateCommand("create schema sessions; create table sessions.keys ()"))
            await obstacle.ExecuteNonQueryAsync();

        Assert.Contains("keys", await RefusedAsync(connection), StringComparison.Ordinal);
        await using var tables = source.CreateCommand("select count(*) from pg_tables where schemaname = 'sessions' and tablename = 'log'");
        Assert.Equal(0L, await tables.ExecuteScalarAsync());
    }

    [Fact]
    public async Task No_permission_is_said()
    {
        var connection = await postgres.CreateEmptyAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await using (var guest = source.CreateCommand("create role guest login"))
            await Record.ExceptionAsync(() => guest.ExecuteNonQueryAsync());

        var asGuest = new NpgsqlConnectionStringBuilder(connection) { Username = "guest" }.ConnectionString;
        Assert.Contains("permission denied", await RefusedAsync(asGuest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=x")]
    [InlineData("Host=127.0.0.1;Nonsense=1")]
    [InlineData("Username=x")]
    [InlineData("rubbish")]
    public async Task A_wrong_connection_string_is_said(string connection) => await RefusedAsync(connection);

    [Fact]
    public void Migrations_are_numbered_without_gaps() =>
        Assert.Equal(Enumerable.Range(1, Migration.All.Count), Migration.All.Select(migration => migration.Number));

    private static PostgresDatabase Connect(string connection) => new(connection, NullLogger<PostgresDatabase>.Instance);

    private static async Task<string> RefusedAsync(string connection)
    {
        var refused = await Assert.ThrowsAsync<PostgresStartException>(async () =>
        {
            await using var database = Connect(connection);
            await database.MigrateAsync(default);
        });
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }
}
