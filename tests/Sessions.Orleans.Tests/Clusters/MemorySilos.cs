using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Three silos and a client over one memory store, on a clock that stands still; started once, for all tests of a class.</summary>
public sealed class MemorySilos : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly HookedStore _store;
    private SiloCluster? _silos;

    public MemorySilos() => _store = new HookedStore(new MemoryStore(_time));

    /// <summary>A client of the cluster, as a frontend has it.</summary>
    internal IClusterClient Client => _silos!.Cluster.Client;

    internal IReadOnlyList<OrleansEngine> Engines => [.. _silos!.Engines];

    public async Task InitializeAsync() =>
        _silos = await SiloCluster.StartAsync(3, new EngineOptions { MaxQueued = 5 }, _time, () => _store);

    public async Task DisposeAsync() => await _silos!.DisposeAsync();

    /// <summary>Holds decisions up until it is disposed.</summary>
    internal Hold HoldWrites() => new(_store);

    /// <summary>The cluster as one test sees it.</summary>
    internal EngineCluster Lend() => new LentCluster(_silos!, _store, time =>
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    });
}
