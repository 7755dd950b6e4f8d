using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;
using Sessions.Testing.Postgres;
using Xunit.Abstractions;

namespace Sessions.Postgres.Tests;

/// <summary>
/// The database is cut off, killed and started again while stores write (invariants 36, 37): what was acknowledged is
/// there, once; what failed can be tried again; nothing is told wrong.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TenantId Tenant = new("t");

    private PostgresCluster _cluster = null!;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync();
        _database = await TestDatabase.OpenAsync(await _cluster.CreateDatabaseAsync());
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Cut_connections_lose_and_repeat_nothing_and_show_to_nobody()
    {
        using var load = new CrashLoad(_database, writers: 8);
        var writing = load.RunAsync();
        for (var cut = 0; cut < 25; cut++)
        {
            await load.WroteAsync(20);
            await _database.RunAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%commit_batch%' and pid <> pg_backend_pid()");
        }

        await load.StopAsync(writing);
        output.WriteLine($"{load.Acknowledged} acknowledged, {load.Unavailable} unavailable");
        Assert.Equal(0, load.Unavailable);
        await load.VerifyAsync();
    }

    [Fact]
    public async Task Invariant_36_what_was_acknowledged_survives_a_killed_database()
    {
        using var load = new CrashLoad(_database, writers: 8);
        var writing = load.RunAsync();
        for (var crash = 0; crash < 3; crash++)
        {
            await load.WroteAsync(100);
            await _cluster.KillAsync();
            await _cluster.StartServerAsync();
        }

        await load.WroteAsync(100);
        await load.StopAsync(writing);
        output.WriteLine($"{load.Acknowledged} acknowledged, {load.Unavailable} unavailable");
        await load.VerifyAsync();
    }

    [Fact]
    public async Task While_the_database_is_away_the_store_says_so_and_it_resumes_by_itself()
    {
        var store = _database.Store();
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        var key = new SessionKey(Tenant, new("s"));
        var run = await driver.RunningAsync(key, "r1");
        await _cluster.KillAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => driver.StateAsync(key));
        var write = await Assert.ThrowsAsync<StoreUnavailableException>(() => driver.SayAsync(key, run, "x")).WaitAsync(Eventually.Deadline);
        Assert.False(write.Busy);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindDueAsync(1, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ReadLogAsync(key, 0, 1, default));

        await _cluster.StartServerAsync();
        Assert.Equal(run.Id, (await driver.StateAsync(key)).Active?.Id);
        await driver.SayAsync(key, run, "y");
        Assert.Equal("y", (await driver.DoAsync(key, Commands.Complete(run))).Runs.Single().Output);
    }
}
