using Npgsql;
using Sessions.Testing;
using Sessions.Testing.Postgres;

namespace Sessions.Cluster.Tests;

/// <summary>Three servers over one private PostgreSQL, which is as durable as in production.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int Count = 3;

    private readonly CancellationTokenSource _givingUp = new();

    private Cluster(PostgresCluster postgres, string connectionString, IReadOnlyList<Replica> replicas) =>
        (Postgres, ConnectionString, Replicas) = (postgres, connectionString, replicas);

    public PostgresCluster Postgres { get; }

    /// <summary>To the servers' database.</summary>
    public string ConnectionString { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Cancelled when nobody is to wait for an answer any more.</summary>
    public CancellationToken GivenUp => _givingUp.Token;

    /// <summary>True once anything was done to it: until then no call may be turned away.</summary>
    public bool IsTroubled { get; set; }

    /// <param name="history">Is told of deaths.</param>
    /// <param name="prepare">Does something to the migrated database before there is any load.</param>
    public static async Task<Cluster> StartAsync(History history, Func<string, Task>? prepare = null)
    {
        var postgres = await PostgresCluster.StartAsync();
        Cluster? cluster = null;
        try
        {
            var connection = await postgres.CreateDatabaseAsync();
            cluster = new(postgres, connection, [.. Enumerable.Range(0, Count).Select(n => new Replica(n, Settings(connection, n), history))]);
            foreach (var replica in cluster.Replicas)
                await replica.StartAsync();

            await (prepare?.Invoke(connection) ?? Task.CompletedTask);
            return cluster;
        }
        catch
        {
            await (cluster?.DisposeAsync() ?? postgres.DisposeAsync());
            throw;
        }
    }

    /// <summary>Ends every call that is still waiting.</summary>
    public Task GiveUpAsync() => _givingUp.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Replicas)
            await replica.DisposeAsync();

        await Postgres.DisposeAsync();
        _givingUp.Dispose();
    }

    private static Dictionary<string, string> Settings(string connectionString, int number) => new()
    {
        ["Sessions__Engine"] = Environment.GetEnvironmentVariable("SESSIONS_TEST_ENGINE") ?? "direct",
        ["Sessions__Store"] = "postgres",
        ["ConnectionStrings__Sessions"] = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = Replica.NameOf(number),
            MaxPoolSize = 20,
        }.ConnectionString,
        ["Sessions__Lease__Ttl"] = $"{Times.LeaseTtl:c}",
        ["Sessions__Lease__SweepInterval"] = $"{Times.SweepInterval:c}",
        ["Sessions__Runs__MaxQueued"] = "5",
        ["Sessions__Agents__echo__Kind"] = "echo",
        ["Sessions__Agents__echo__WordDelay"] = "00:00:00.050",
        ["Sessions__Agents__remote__Kind"] = "remote",
        ["Sessions__DefaultAgent"] = "echo",
        ["Logging__LogLevel__Sessions.Worker"] = "Debug",
    };
}
