using System.Globalization;
using Npgsql;

namespace Sessions.Orleans;

/// <summary>
/// The tables of Orleans' AdoNet providers, in a schema of their own in the sessions' database. Forward only: each step once,
/// in a transaction, under a lock, so that any number of silos may start at the same time.
/// </summary>
internal static class ClusterSchema
{
    internal const string Name = "orleans";
    private const string Folder = "Postgres/";

    /// <summary>Any number that no other lock of the database has.</summary>
    private const long Lock = 7_261_145_308_117_904_405;

    /// <summary>The connection string with which the providers see their tables.</summary>
    public static string Within(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = Name, ApplicationName = "sessions-orleans" }.ConnectionString;

    /// <summary>Brings the schema to what this build needs.</summary>
    public static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var steps = typeof(ClusterSchema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        await using var database = NpgsqlDataSource.Create(Within(connectionString));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({Lock})"), cancellationToken);
        await ExecuteAsync(connection, $"create schema if not exists {Name}", cancellationToken);
        await ExecuteAsync(connection, $"create table if not exists {Name}.migrations (name text primary key)", cancellationToken);
        foreach (var step in steps)
        {
            await using var record = new NpgsqlCommand("insert into migrations (name) values ($1) on conflict do nothing", connection);
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = step[Folder.Length..] });
            if (await record.ExecuteNonQueryAsync(cancellationToken) > 0)
                await ExecuteAsync(connection, Read(step), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static string Read(string step)
    {
        using var reader = new StreamReader(typeof(ClusterSchema).Assembly.GetManifestResourceStream(step)!);
        return reader.ReadToEnd();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // Parameters of the providers' statements are text here.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
