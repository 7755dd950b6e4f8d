using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Postgres;

namespace Sessions.Load;

/// <summary>
/// A replica as the server composes it, without the gateway: engine, store and bus over a database. Its agent has the
/// replica's name, so that its workers get the runs that were sent through it and can tell their senders of the end.
/// </summary>
internal sealed class PostgresReplica : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly PostgresReplicaBus _bus;

    private PostgresReplica(PostgresDatabase database, string agent)
    {
        _database = database;
        Agent = new AgentName(agent);
        Store = new PostgresStore(database, new PostgresOptions(), NullLogger<PostgresStore>.Instance);
        _bus = new PostgresReplicaBus(database, NullLogger<PostgresReplicaBus>.Instance);
        Engine = LoadEngine.Start(Store, _bus, Agent);
    }

    public AgentName Agent { get; }

    public PostgresStore Store { get; }

    public DirectEngine Engine { get; }

    public static async Task<PostgresReplica> StartAsync(string connectionString, string agent, CancellationToken cancellationToken)
    {
        var database = new PostgresDatabase(connectionString, NullLogger<PostgresDatabase>.Instance);
        await database.MigrateAsync(cancellationToken);
        return new PostgresReplica(database, agent);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _bus.DisposeAsync();
        await Store.DisposeAsync();
        await _database.DisposeAsync();
    }
}
