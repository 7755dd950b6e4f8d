using System.Diagnostics;
using Npgsql;
using Sessions.Testing.Postgres;

namespace Sessions.Cluster.Tests;

/// <summary>The server's <c>migrate</c>, with the engine <c>orleans</c>.</summary>
[Collection(ClusterTests.Collection)]
public sealed class MigrateTests : IAsyncLifetime
{
    private PostgresServer _postgres = null!;

    public async Task InitializeAsync() => _postgres = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Theory]
    [InlineData("orleans", 2)]
    [InlineData("direct", 1)]
    public async Task It_makes_what_the_engine_needs_and_no_more(string engine, long schemas)
    {
        var connectionString = await _postgres.CreateDatabaseAsync();
        for (var again = 0; again < 2; again++)
            Assert.Equal((0, ""), await MigrateAsync(connectionString, engine));

        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand("select count(*) from pg_namespace where nspname in ('sessions', 'orleans')", connection);
        Assert.Equal(schemas, await count.ExecuteScalarAsync());
    }

    private static async Task<(int Code, string Errors)> MigrateAsync(string connectionString, string engine)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Sessions.Server.dll"));
        start.ArgumentList.Add("migrate");
        start.Environment["Sessions__Engine"] = engine;
        start.Environment["ConnectionStrings__Sessions"] = connectionString;
        using var process = Process.Start(start)!;
        var (errors, said) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Times.Start);
        await said;
        return (process.ExitCode, await errors);
    }
}
