using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Sessions.Load;

/// <summary>What runs are executed by outside the servers: a server in memory, or replicas over a database, and worker processes.</summary>
internal sealed class WorkerScene : IAsyncDisposable
{
    private readonly LoadServer? _database;
    private readonly List<ServerProcess> _servers = [];
    private readonly List<WorkerProcess> _workers = [];

    private WorkerScene(LoadServer? database) => _database = database;

    public IReadOnlyList<ServerProcess> Servers => _servers;

    public WorkerNotes Notes { get; } = new();

    /// <summary>Of the database that it made, if it has one.</summary>
    public ServerFacts? Facts => _database?.Facts;

    /// <summary>What the scenario is measured on, in words.</summary>
    public string Words => Facts is { } facts
        ? string.Create(CultureInfo.InvariantCulture, $"{_servers.Count} replicas, {facts}")
        : "one server, store memory";

    /// <summary>The option that all scenarios with workers have.</summary>
    public static Option<int> ReplicasOf(Command command) =>
        CommonOptions.Number(command, "--replicas", "Store postgres: how many servers, a process each.", 3, 1, 16);

    /// <summary>Starts the servers.</summary>
    /// <param name="replicas">How many; 0 for one in memory.</param>
    /// <param name="connectionString">The database server; without it a private one is started.</param>
    /// <param name="settings">The servers' settings besides those of every load.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<WorkerScene> StartAsync(
        int replicas, string? connectionString, string[] settings, CancellationToken cancellationToken)
    {
        var scene = new WorkerScene(replicas == 0 ? null : await LoadServer.StartAsync(connectionString, cancellationToken));
        try
        {
            var own = scene._database is null ? null : await scene._database.CreateDatabaseAsync(cancellationToken);
            while (scene._servers.Count < Math.Max(1, replicas))
                scene._servers.Add(await ServerProcess.StartAsync(ServeCommand.Real, own, cancellationToken, settings));

            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address of a server; they are gone round in circles.</summary>
    public IPEndPoint Address(int server) => _servers[server % _servers.Count].Address;

    /// <summary>Starts a worker that knows one server only.</summary>
    public WorkerProcess Work(int server, int concurrency)
    {
        var worker = WorkerProcess.Start(_workers.Count, concurrency, [_servers[server % _servers.Count].Url], Notes);
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
