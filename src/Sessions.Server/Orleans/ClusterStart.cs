using Npgsql;
using Sessions.Orleans;

namespace Sessions.Server;

/// <summary>Migrates the cluster's tables before a silo or client of it starts.</summary>
internal sealed class ClusterStart(string connectionString) : IHostedLifecycleService
{
    public static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await PostgresClustering.MigrateAsync(connectionString, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new ConfigurationException(
                ServerSettings.ConnectionStringKey, $"the cluster's tables can't be made: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => MigrateAsync(connectionString, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed partial class PostgresStart
{
    static partial void MigrateOtherEngine(string engine, string connectionString, ref Task migrating)
    {
        if (engine == ServerSettings.OrleansEngine)
            migrating = ClusterStart.MigrateAsync(connectionString, CancellationToken.None);
    }
}
