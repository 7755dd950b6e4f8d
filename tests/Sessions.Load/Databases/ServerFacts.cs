using Npgsql;

namespace Sessions.Load;

/// <summary>What a database server says about itself.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Fsync">Its setting <c>fsync</c>.</param>
/// <param name="SynchronousCommit">Its setting <c>synchronous_commit</c>.</param>
/// <param name="Postmaster">The process that its connections' processes are children of, seen from here; 0 when it is elsewhere.</param>
internal sealed record ServerFacts(string Version, string Fsync, string SynchronousCommit, int Postmaster)
{
    public static async Task<ServerFacts> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ServerFacts(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), ServerCpu.ParentOf(connection.ProcessID));
    }

    public override string ToString() => $"PostgreSQL {Version}, fsync {Fsync}, synchronous_commit {SynchronousCommit}";
}
