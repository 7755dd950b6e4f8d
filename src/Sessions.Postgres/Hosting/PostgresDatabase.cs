using Microsoft.Extensions.Logging;
using Npgsql;

namespace Sessions.Postgres;

/// <summary>The database of a replica: its connection string, checked, and its schema, migrated.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>
    /// The right plan is always the one by keys, in the order of an index, however old or new the statistics are; and it is
    /// made once per connection, since planning takes longer than most statements do.
    /// </summary>
    private const string Planning =
        "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off "
        + "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_memoize=off";

    /// <summary>Writers keep a connection each; reads of each kind need some beside them.</summary>
    private const int LeastConnections = 8;

    /// <summary>How long a database that went away is waited for before callers are told.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly NpgsqlDataSource _hints;

    /// <summary>Connects nowhere yet.</summary>
    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <param name="logger">Logs.</param>
    /// <exception cref="PostgresStartException">It is no connection string, or allows too few connections.</exception>
    public PostgresDatabase(string connectionString, ILogger<PostgresDatabase> logger)
    {
        _logger = logger;
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException exception)
        {
            throw new PostgresStartException($"It is no connection string: {StoreFaults.OneLine(exception)}", exception);
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
            throw new PostgresStartException("The connection string names no Host.");

        if (builder.MaxPoolSize < LeastConnections)
            throw new PostgresStartException($"With Maximum Pool Size={builder.MaxPoolSize} it allows too few connections: at least {LeastConnections} are needed.");

        builder.ApplicationName ??= "sessions";
        builder.MaxAutoPrepare = builder.MaxAutoPrepare == 0 ? 32 : builder.MaxAutoPrepare;
        builder.AutoPrepareMinUsages = 2;
        builder.KeepAlive = builder.KeepAlive == 0 ? 15 : builder.KeepAlive;
        builder.Options = $"{builder.Options} {Planning}".Trim();
        builder.Pooling = false;
        Apart = NpgsqlDataSource.Create(builder);

        // Nothing that is done on a pooled connection leaves anything behind, so nothing needs to be reset.
        builder.Pooling = true;
        builder.NoResetOnClose = true;
        var connections = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        RowsConverter.AddTo(connections);
        Source = connections.Build();
        Reads = new ReadRetry(Source, Outage);
        builder.Options = $"{builder.Options} -c synchronous_commit=off";
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, 8);
        builder.MinPoolSize = 0;
        _hints = NpgsqlDataSource.Create(builder);
        Hints = new ReadRetry(_hints, Outage);
    }

    /// <summary>The connections.</summary>
    internal NpgsqlDataSource Source { get; }

    /// <summary>Connections of one user alone: a lock, or a LISTEN, ends with them.</summary>
    internal NpgsqlDataSource Apart { get; }

    /// <summary>Reads over them.</summary>
    internal ReadRetry Reads { get; }

    /// <summary>Done once the schema is known to be what this build needs.</summary>
    internal Task Ready => _ready.Task;

    /// <summary>Connections for what need not survive a crash: who was pointed at which work.</summary>
    internal ReadRetry Hints { get; }

    /// <summary>Whether the database is away.</summary>
    internal Outage Outage { get; } = new(TimeProvider.System, Patience);

    /// <summary>Brings the schema to what this build needs.</summary>
    /// <exception cref="PostgresStartException">The database can't be used as it is.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await Migrator.RunAsync(Apart, Migration.All, _logger, cancellationToken).ConfigureAwait(false);
        _ready.TrySetResult();
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _hints.DisposeAsync().ConfigureAwait(false);
        await Apart.DisposeAsync().ConfigureAwait(false);
        await Source.DisposeAsync().ConfigureAwait(false);
    }
}
