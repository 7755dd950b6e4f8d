using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>
/// Engine <c>orleans</c>, as one process of the cluster has it: a silo with its gateway, or a gateway that is the cluster's
/// client. Sessions are grains; the doors read from the store and have the grains change it.
/// </summary>
public sealed class OrleansEngine : IAsyncDisposable
{
    private readonly EngineFront _front;
    private readonly StreamBus _bus;
    private readonly bool _whenTold;
    private bool _disposed;

    /// <summary>Makes it; <see cref="StartAsync"/> has it take part in the cluster.</summary>
    /// <param name="grains">The way to the sessions.</param>
    /// <param name="streams">The stream provider <see cref="Abstractions.SessionStreams.Provider"/>.</param>
    /// <param name="store">Where sessions are kept: the same for all processes of the cluster.</param>
    /// <param name="agents">The configured agents, name to kind.</param>
    /// <param name="defaultAgent">The agent for sessions that name none.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="time">The process's clock: for waiting only, never to decide.</param>
    /// <param name="jitter">Spreads the processes' sweeps.</param>
    /// <param name="logger">Logs.</param>
    public OrleansEngine(
        IGrainFactory grains, IStreamProvider streams, ISessionStore store, IReadOnlyDictionary<AgentName, string> agents,
        AgentName defaultAgent, EngineOptions options, TimeProvider time, Random jitter, ILogger<OrleansEngine> logger)
        : this(grains, streams, store, agents, defaultAgent, options, time, time, jitter, logger, static bus => bus, false)
    {
    }

    internal OrleansEngine(
        IGrainFactory grains, IStreamProvider streams, ISessionStore store, IReadOnlyDictionary<AgentName, string> agents,
        AgentName defaultAgent, EngineOptions options, TimeProvider time, TimeProvider pace, Random jitter, ILogger logger,
        Func<IReplicaBus, IReplicaBus> wrap, bool whenTold)
    {
        _whenTold = whenTold;
        Store = store;
        Log = logger;
        Followers = new Followers(time);
        _bus = new StreamBus(grains, streams, Followers, time, pace, logger);
        _front = new EngineFront(store, wrap(_bus), agents, defaultAgent, options, time, jitter, logger, new GrainOwner(grains));
        _bus.RepairAsync = _front.RepairAsync;
    }

    /// <summary>The front door.</summary>
    public ISessions Sessions => _front.Sessions;

    /// <summary>The workers' door.</summary>
    public IRuns Runs => _front.Runs;

    internal ISessionStore Store { get; }

    internal ILogger Log { get; }

    internal Followers Followers { get; }

    internal SessionHandler Handler => _front.Handler;

    internal ISessionOwner Here => _front.Here;

    /// <summary>Begins to hear and to tell, to sweep and to repair. Done once it hears.</summary>
    public async Task StartAsync()
    {
        await _bus.StartAsync().ConfigureAwait(false);
        if (!_whenTold)
            _front.Start();
    }

    /// <summary>Ends what is due now, without waiting for the sweeper.</summary>
    public ValueTask SweepAsync(CancellationToken cancellationToken) => _front.SweepAsync(cancellationToken);

    /// <summary>Makes up for lost hints now, without waiting for the poll.</summary>
    public ValueTask RepairAsync(CancellationToken cancellationToken) => _front.RepairAsync(cancellationToken);

    /// <summary>Leaves the cluster's streams; stops sweeping and repairing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;

        await _bus.DisposeAsync().ConfigureAwait(false);
        await _front.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The cluster has changed: what it knew of this process may be lost.</summary>
    internal void Renew() => _bus.Renew();

    /// <summary>A front door whose changes are carried out by this owner.</summary>
    internal ISessions DoorTo(ISessionOwner owner) => _front.DoorTo(owner);
}
