using Sessions.Testing.Postgres;

namespace Sessions.Server.Tests;

/// <summary>Two servers over one database are replicas of each other; what is wrong with the database is said on one line.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private PostgresServer _postgres = null!;

    public async Task InitializeAsync() => _postgres = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task A_run_that_one_replica_took_is_seen_through_another_and_after_a_restart()
    {
        var settings = Settings(await _postgres.CreateDatabaseAsync());
        await using var first = await ServerProcess.StartAsync(settings);
        await using (var second = await ServerProcess.StartAsync(settings, "--Sessions:Workers:InProcess=false"))
        {
            await second.Http.PostJsonAsync("/v1/sessions/s1/messages", new { text = "Hello, world!", runId = "r1" });
            var seen = await second.Http.GetJsonAsync("/v1/sessions/s1/runs/r1?waitSeconds=30");
            Assert.Equal("completed", seen.Text("status"));
        }

        await using var third = await ServerProcess.StartAsync(settings);
        var run = await third.Http.GetJsonAsync("/v1/sessions/s1/runs/r1");
        Assert.Equal("Hello, world!", run.GetProperty("output").Text("text"));
    }

    [Fact]
    public async Task Migrate_runs_the_migrations_and_ends()
    {
        var settings = Settings(await _postgres.CreateDatabaseAsync());
        await using var migrate = ServerProcess.Spawn(settings, "migrate");

        Assert.Equal(0, await migrate.ExitAsync());
        Assert.Equal("", migrate.Errors);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("nonsense")]
    [InlineData("Host=127.0.0.1;Maximum Pool Size=7")]
    public async Task A_database_that_can_not_be_used_ends_the_process_with_1_and_one_line(string connection)
    {
        await using var server = ServerProcess.Spawn(Settings(connection), "--urls=http://127.0.0.1:0");

        Assert.Equal(1, await server.ExitAsync());
        var line = Assert.Single(server.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith("ConnectionStrings:Sessions: ", line, StringComparison.Ordinal);
        Assert.Equal("", server.Output);
    }

    private static Dictionary<string, string> Settings(string connection) => new()
    {
        ["Sessions__Store"] = "postgres",
        ["ConnectionStrings__Sessions"] = connection,
    };
}
