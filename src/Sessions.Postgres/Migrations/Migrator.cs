using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>
/// Brings the schema to what this build needs: each step in a transaction of its own, under a lock, so that any number of
/// replicas may start at the same time.
/// </summary>
internal static class Migrator
{
    private const int LeastServer = 15;

    /// <exception cref="PostgresStartException">The database can't be used as it is.</exception>
    public static async Task RunAsync(
        NpgsqlDataSource database, IReadOnlyList<Migration> migrations, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                await RunAsync(connection, migrations, logger, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw new PostgresStartException($"The database can't be used: {StoreFaults.OneLine(exception)}", exception);
        }
    }

    private static async Task RunAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, ILogger logger, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < LeastServer)
        {
            throw new PostgresStartException(
                $"The database server is PostgreSQL {connection.PostgreSqlVersion}; it has to be {LeastServer} or later.");
        }

        if (await IsUpToDateAsync(connection, migrations, cancellationToken).ConfigureAwait(false))
            return;

        // The lock ends with the connection at the latest; it is not pooled.
        await ExecuteAsync(connection, Statements.Named("lock_migrations"), cancellationToken).ConfigureAwait(false);
        if (!await ScalarAsync<bool>(connection, "migrations_exist", cancellationToken).ConfigureAwait(false))
            await ExecuteAsync(connection, Statements.Named("create_migrations"), cancellationToken).ConfigureAwait(false);

        // A newer build may have been faster by now.
        var done = await DoneAsync(connection, migrations, cancellationToken).ConfigureAwait(false);
        foreach (var migration in migrations.Where(migration => migration.Number > done))
        {
            await ApplyAsync(connection, migration, cancellationToken).ConfigureAwait(false);
            logger.Migrated(migration.Number, migration.Name);
        }
    }

    private static async Task<bool> IsUpToDateAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken) =>
        await ScalarAsync<bool>(connection, "migrations_exist", cancellationToken).ConfigureAwait(false)
        && await DoneAsync(connection, migrations, cancellationToken).ConfigureAwait(false) == migrations[^1].Number;

    private static async Task<int> DoneAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var done = await ScalarAsync<int>(connection, "read_migrations", cancellationToken).ConfigureAwait(false);
        return done <= migrations[^1].Number
            ? done
            : throw new PostgresStartException(string.Create(
                CultureInfo.InvariantCulture,
                $"The database's schema is at migration {done}, newer than the {migrations[^1].Number} that this build knows; start a newer build."));
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken).ConfigureAwait(false);
            var record = new NpgsqlCommand(Statements.Named("record_migration"), connection);
            await using (record.ConfigureAwait(false))
            {
                record.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Number, NpgsqlDbType = NpgsqlDbType.Integer });
                record.Parameters.Text(migration.Name);
                await record.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Statements.Named(statement), connection);
        await using (command.ConfigureAwait(false))
            return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
