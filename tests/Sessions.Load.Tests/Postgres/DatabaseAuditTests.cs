using Npgsql;

namespace Sessions.Load.Tests;

/// <summary>The audit of a database finds what it is there to find.</summary>
[Collection(OnPostgres.Name)]
public sealed class DatabaseAuditTests(PostgresFixture postgres)
{
    private const int Runs = 20;
    private const int Decisions = 3 * Runs;

    [Fact]
    public async Task A_whole_database_is_in_order() =>
        Assert.Empty(await DatabaseAudit.RunAsync(await DriveAsync(), Runs, Decisions, 0, default));

    [Fact]
    public async Task A_lost_run_is_found()
    {
        var faults = await DatabaseAudit.RunAsync(await DriveAsync(), Runs + 1, Decisions + 3, 0, default);
        Assert.Contains("20 runs are stored, 21 were acknowledged", faults);
        Assert.Contains("60 decisions made the sessions' versions, 63 were acknowledged", faults);
    }

    [Fact]
    public async Task A_lost_delta_is_found() => Assert.Equal(
        ["0 deltas stand in the log, 1 were acknowledged"], await DatabaseAudit.RunAsync(await DriveAsync(), Runs, Decisions, 1, default));

    [Fact]
    public async Task A_gap_in_a_log_is_found()
    {
        var connectionString = await DriveAsync();
        await RunAsync(connectionString, "alter table sessions.log disable trigger all; delete from sessions.log where seq = 3");
        Assert.Contains(
            await DatabaseAudit.RunAsync(connectionString, Runs, Decisions, 0, default),
            fault => fault.Contains("have a log with gaps", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reference_that_lost_a_commit_is_found(bool stepwise)
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var reference = await ReferenceDatabase.CreateAsync(connectionString, default);
        while (reference.VersionOf(0) == 0)
            await SingleCommits.RunAsync(reference, 2, stepwise, TimeSpan.FromMilliseconds(50), default);

        Assert.Empty(await reference.AuditAsync(0, default));
        await RunAsync(connectionString, "delete from log where seq = 1 and session = 0");
        Assert.Single(await reference.AuditAsync(0, default));
    }

    /// <summary>A database in which whole runs were driven.</summary>
    private async Task<string> DriveAsync()
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var replica = await PostgresReplica.StartAsync(connectionString, "load0", default);
        var settings = new LifecycleSettings(Sessions: 4, Turns: 5, Workers: 1, ClaimMax: 4, Seconds: 60) { Overlap = true };
        var done = await RunWork.RunAsync(replica, new ReplicaOrder(ReplicaWork.Runs, "run", Runs, settings), default);
        Assert.Equal(Runs, done.Done);
        Assert.Empty(await done.AuditAsync(default));
        return connectionString;
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
