using Npgsql;

namespace Sessions.Postgres.Tests;

/// <summary>
/// A clock for a test's database that runs as the real one does and can be put forward: a function that stands before
/// PostgreSQL's own in the search path. So a lease may be long enough for a machine that stalls, and end at once all the same.
/// </summary>
public static class TestClock
{
    private const string Sql = """
        create schema test_clock;
        create sequence test_clock.microseconds as bigint minvalue 0 start 0;
        create function test_clock.clock_timestamp() returns timestamptz language sql volatile as
            $$ select pg_catalog.clock_timestamp() + last_value * interval '1 microsecond' from test_clock.microseconds $$;
        """;

    /// <summary>Makes one in a database.</summary>
    /// <returns>The connection string with which it is seen.</returns>
    public static async Task<string> MakeAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Sql, connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "test_clock,pg_catalog" }.ConnectionString;
    }
}
