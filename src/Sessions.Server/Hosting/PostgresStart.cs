using Sessions.Postgres;

namespace Sessions.Server;

/// <summary>
/// Migrates before anything that uses the store starts. What is wrong with the database is a matter of configuration: one
/// line that names the key.
/// </summary>
internal sealed partial class PostgresStart(PostgresDatabase database) : IHostedLifecycleService
{
    /// <summary>Runs the migrations alone: the store's, and those of the configured engine.</summary>
    public static async Task MigrateAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        await using var app = builder.Build();
        var engine = ServerSettings.ReadEngineName(app.Configuration);
        var connectionString = ServerSettings.ReadConnectionString(app.Configuration);
        await using var database = Connect(connectionString, app.Services.GetRequiredService<ILogger<PostgresDatabase>>());
        await MigrateAsync(database, CancellationToken.None);
        var more = Task.CompletedTask;
        MigrateOtherEngine(engine, connectionString, ref more);
        await more;
    }

    public static PostgresDatabase Connect(string connectionString, ILogger<PostgresDatabase> logger)
    {
        try
        {
            return new PostgresDatabase(connectionString, logger);
        }
        catch (PostgresStartException exception)
        {
            throw new ConfigurationException(ServerSettings.ConnectionStringKey, exception.Message);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => MigrateAsync(database, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Migrates what an engine needs that not every build has.</summary>
    static partial void MigrateOtherEngine(string engine, string connectionString, ref Task migrating);

    private static async Task MigrateAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await database.MigrateAsync(cancellationToken);
        }
        catch (PostgresStartException exception)
        {
            throw new ConfigurationException(ServerSettings.ConnectionStringKey, exception.Message);
        }
    }
}
