using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>One of the servers, over its deaths: each life is a process of its own.</summary>
internal sealed class Replica(int number, IReadOnlyDictionary<string, string> settings, History history) : IAsyncDisposable
{
    private readonly List<ServerProcess> _lives = [];

    public int Number => number;

    /// <summary>What its database connections are called.</summary>
    public string ApplicationName => NameOf(number);

    /// <summary>Where it listens; null while it does not live.</summary>
    public Uri? Address { get; private set; }

    /// <summary>The worker of its process.</summary>
    public WorkerId Worker => Current.Worker;

    /// <summary>How often its workers were told that a lease is gone.</summary>
    public int Refusals => _lives.Sum(life => life.Refusals);

    private ServerProcess Current => _lives[^1];

    public static string NameOf(int number) => $"replica-{number}";

    public async Task StartAsync()
    {
        _lives.Add(await ServerProcess.StartAsync(settings));
        Address = Current.Address;
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        history.Add(new Observation.WorkerDied(Current.Worker, DateTimeOffset.UtcNow));
        await Current.KillAsync();
        Address = null;
    }

    /// <summary>Stops the process for so long that its leases are over, and lets it go on.</summary>
    public async Task StopAsync(TimeSpan time)
    {
        ProcessSignal.Stop.SendTo(Current.Id);
        var stopped = DateTimeOffset.UtcNow;
        try
        {
            await Task.Delay(time);
        }
        finally
        {
            history.Add(new Observation.WorkerDied(Current.Worker, stopped, DateTimeOffset.UtcNow));
            ProcessSignal.Continue.SendTo(Current.Id);
        }
    }

    /// <summary>Asks the process to end, and waits until it has.</summary>
    public async Task EndAsync()
    {
        ProcessSignal.Terminate.SendTo(Current.Id);
        var code = await Current.ExitAsync();
        Address = null;
        history.Add(new Observation.WorkerDied(Current.Worker, DateTimeOffset.UtcNow));
        if (code != 0)
            history.Add(new Observation.Faulted($"Replica {number} ended with {code} after SIGTERM."));
    }

    /// <summary>The newest lines of its last processes.</summary>
    public IEnumerable<string> Tail(int lines) => _lives.TakeLast(2).SelectMany(
        life => life.Tail(lines).Prepend($"--- replica {number}, process {life.Id}, worker {life.Worker}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var life in _lives)
            await life.DisposeAsync();
    }
}
