using Sessions.Client;
using Sessions.Protocol;
using Sessions.Server.Tests;
using Sessions.Testing.Postgres;

namespace Sessions.Workers.Tests;

/// <summary>One or more servers with the remote agent <c>far</c> and a short lease, and a client of the last.</summary>
public sealed class Scene : IAsyncDisposable
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(3);

    /// <summary>By when a dead worker's run is over (invariant 2), and a machine's slowness besides.</summary>
    public static readonly TimeSpan Bound = Ttl + TimeSpan.FromSeconds(1) + TimeSpan.FromSeconds(3);

    private readonly IReadOnlyList<ServerProcess> _replicas;
    private readonly PostgresServer? _postgres;

    private Scene(IReadOnlyList<ServerProcess> replicas, PostgresServer? postgres)
    {
        _replicas = replicas;
        _postgres = postgres;
        Client = new SessionsClient(replicas[^1].Address);
    }

    internal ServerProcess Server => _replicas[^1];

    internal IReadOnlyList<ServerProcess> Replicas => _replicas;

    public SessionsClient Client { get; }

    public IEnumerable<Uri> Servers => _replicas.Select(replica => replica.Address);

    public static async Task<Scene> StartAsync(params string[] args) => new([await ServeAsync(null, args)], null);

    /// <summary>Three replicas over a PostgreSQL.</summary>
    public static async Task<Scene> StartReplicasAsync(params string[] args)
    {
        var postgres = await PostgresServer.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["Sessions__Store"] = "postgres",
            ["ConnectionStrings__Sessions"] = await postgres.CreateDatabaseAsync(),
        };
        return new Scene(
            await Task.WhenAll(ServeAsync(settings, args), ServeAsync(settings, args), ServeAsync(settings, args)), postgres);
    }

    internal WorkerProcess Worker(string id = "w1", double graceSeconds = 10) => WorkerProcess.Start(id, Servers, graceSeconds);

    public Task<RunHandle> SendAsync(string session, string text, int? maxAttempts = null) =>
        Client.Session(session).SendAsync(text, new SendOptions { Agent = "far", MaxAttempts = maxAttempts });

    /// <summary>Waits until the session's log holds this.</summary>
    public async Task<IReadOnlyList<EventResource>> SeesAsync(string session, Func<EventResource, bool> what)
    {
        var seen = new List<EventResource>();
        using var deadline = new CancellationTokenSource(Patience.Long);
        try
        {
            await foreach (var item in Client.Session(session).Events(after: 0, cancellationToken: deadline.Token))
            {
                if (item is not EventItem { Event: var happened })
                    continue;

                seen.Add(happened);
                if (what(happened))
                    return seen;
            }
        }
        catch (OperationCanceledException)
        {
        }

        throw new TimeoutException($"Not in {Patience.Long}; seen: {string.Join(", ", seen.Select(happened => happened.Type))}");
    }

    private static Task<ServerProcess> ServeAsync(Dictionary<string, string>? settings, string[] args) => ServerProcess.StartAsync(
        settings, ["--Sessions:Agents:far:Kind=remote", $"--Sessions:Lease:Ttl={Ttl}", "--Sessions:Workers:InProcess=false", .. args]);

    /// <summary>Waits for the run's end.</summary>
    public static async Task<RunResult> EndAsync(RunHandle run) => await run.WaitAsync().WaitAsync(Patience.Long);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var replica in _replicas)
            await replica.DisposeAsync();

        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }
}
