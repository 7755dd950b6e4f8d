using Sessions.Client;
using Sessions.Protocol;
using Sessions.Server.Tests;

namespace Sessions.Workers.Tests;

/// <summary>A server with the remote agent <c>far</c> and a short lease, and a client of it.</summary>
public sealed class Scene : IAsyncDisposable
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(3);

    /// <summary>By when a dead worker's run is over (invariant 2), and a machine's slowness besides.</summary>
    public static readonly TimeSpan Bound = Ttl + TimeSpan.FromSeconds(1) + TimeSpan.FromSeconds(3);

    private Scene(ServerProcess server)
    {
        Server = server;
        Client = new SessionsClient(server.Address);
    }

    internal ServerProcess Server { get; }

    public SessionsClient Client { get; }

    public Uri[] Servers => [Server.Address];

    public static async Task<Scene> StartAsync(params string[] args) => new(await ServerProcess.StartAsync(
        null, ["--Sessions:Agents:far:Kind=remote", $"--Sessions:Lease:Ttl={Ttl}", "--Sessions:Workers:InProcess=false", .. args]));

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

    /// <summary>Waits for the run's end.</summary>
    public static async Task<RunResult> EndAsync(RunHandle run) => await run.WaitAsync().WaitAsync(Patience.Long);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
