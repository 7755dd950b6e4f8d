using System.Globalization;
using System.Net.Sockets;

namespace Sessions.Load;

/// <summary>One run, and the death of the worker that holds it.</summary>
internal sealed class WorkerDeath(WorkerScene scene, int number, TimeSpan after, SceneAudit audit)
{
    /// <summary>What comes later than this does not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _session = string.Create(CultureInfo.InvariantCulture, $"s{number}");
    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"r{number}");
    private readonly List<string> _faults = [];

    /// <summary>True when the run streams up to its worker's death.</summary>
    public bool Streams => number % 2 == 1;

    /// <summary>From the kill to the terminal event, in ticks of the <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Took { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Starts a worker for each, has each take one run, and kills them all, each at its moment.</summary>
    public static async Task RunAsync(
        WorkerScene scene, IReadOnlyList<WorkerDeath> round, TimeSpan ttl, CancellationToken cancellationToken)
    {
        // Who takes which run is theirs to decide: each takes one.
        var workers = round.Select((_, at) => scene.Work(at + 1, concurrency: 1)).ToDictionary(worker => worker.Number);
        var servers = workers.Keys.Select((worker, at) => (worker, Server: at + 1)).ToDictionary(pair => pair.worker, pair => pair.Server);
        await Task.WhenAll(round.Select(async death =>
        {
            var worker = await death.StartAsync(cancellationToken);
            await death.DieAsync(workers[worker], servers[worker] + 1, ttl, cancellationToken);
        }));
    }

    /// <summary>Sends the run.</summary>
    /// <returns>The worker that has it.</returns>
    private async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        using var client = await SceneClient.ConnectAsync(scene.Address(0), cancellationToken);
        await client.SendAsync(_session, _run, Streams ? WorkAgent.Stream : WorkAgent.Hold, cancellationToken);
        audit.Accepted(_session, _run);
        return (await scene.Notes.WhenAsync(WorkAgent.Began, _run, cancellationToken)).Worker;
    }

    private async Task DieAsync(WorkerProcess worker, int subscriber, TimeSpan ttl, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = new EndWatch(scene.Address(subscriber), _session);
        await watch.StartAsync(bound.Token);
        await Task.Delay(after, cancellationToken);
        var killed = worker.Kill();
        bound.CancelAfter(ttl + Patience);
        try
        {
            Took = await watch.EndAsync() - killed;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            Took = long.MaxValue;
            _faults.Add($"session {_session}: no terminal event came: {exception.Message}");
        }
    }
}
