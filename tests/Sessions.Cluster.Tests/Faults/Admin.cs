using Npgsql;

namespace Sessions.Cluster.Tests;

/// <summary>Somebody with rights on the database, beside the servers.</summary>
internal sealed class Admin(string connectionString)
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = "admin",
        Pooling = false,
    }.ConnectionString;

    /// <summary>Cuts a replica's connections that commit.</summary>
    public Task<long> CutWritersAsync(string replica) => CountAsync(
        """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where application_name = $1 and query like '%commit_batch%'
        """, replica);

    /// <summary>Cuts all connections that listen.</summary>
    public Task<long> CutListenersAsync() => CountAsync(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like $1 and query like 'listen %'", "replica-%");

    /// <summary>How many runs a worker is running.</summary>
    public Task<long> CountRunningAsync(string worker) =>
        CountAsync("select count(*) from sessions.sessions where active_worker = $1", worker);

    /// <summary>How many sessions have a queued or running run.</summary>
    public Task<long> CountActiveAsync() => CountAsync("select count(*) from sessions.sessions where status in (1, 2) and $1 <> ''", "-");

    /// <summary>Sessions that claim to be running, with the time since their lease was over.</summary>
    public Task<IReadOnlyList<(string Session, string Run, TimeSpan Since)>> FindDeadLeasesAsync() => FindAsync(
        """
        select session, active_run, clock_timestamp() - lease_expires_at from sessions.sessions
        where active_run is not null and lease_expires_at < clock_timestamp()
        """);

    /// <summary>Sessions whose next run could start, with the time since it could.</summary>
    public Task<IReadOnlyList<(string Session, string Run, TimeSpan Since)>> FindReadyAsync() => FindAsync(
        "select session, queued_runs[1], clock_timestamp() - ready_at from sessions.sessions where ready_agent is not null");

    private async Task<IReadOnlyList<(string, string, TimeSpan)>> FindAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(string, string, TimeSpan)>();
        while (await reader.ReadAsync())
            found.Add((reader.GetString(0), reader.GetString(1), reader.GetTimeSpan(2)));

        return found;
    }

    private async Task<long> CountAsync(string sql, string parameter)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
