using Microsoft.Extensions.Logging;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Engine <c>direct</c>: every replica may serve every session, and the store's fence keeps them honest. One of these is a
/// replica; any number may share a store.
/// </summary>
public sealed class DirectEngine : IAsyncDisposable
{
    private readonly EngineFront _front;

    /// <summary>Makes a replica; <see cref="Start"/> makes it sweep and repair.</summary>
    /// <param name="store">Where sessions are kept.</param>
    /// <param name="bus">The way to the other replicas.</param>
    /// <param name="agents">The configured agents, name to kind.</param>
    /// <param name="defaultAgent">The agent for sessions that name none.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="time">The replica's clock: for waiting only, never to decide.</param>
    /// <param name="jitter">Spreads the replicas' sweeps.</param>
    /// <param name="logger">Logs.</param>
    public DirectEngine(
        ISessionStore store, IReplicaBus bus, IReadOnlyDictionary<AgentName, string> agents, AgentName defaultAgent,
        EngineOptions options, TimeProvider time, Random jitter, ILogger<DirectEngine> logger) =>
        _front = new EngineFront(store, bus, agents, defaultAgent, options, time, jitter, logger);

    /// <summary>The front door.</summary>
    public ISessions Sessions => _front.Sessions;

    /// <summary>The workers' door.</summary>
    public IRuns Runs => _front.Runs;

    /// <summary>Begins to sweep, and to repair where there are other replicas.</summary>
    public void Start() => _front.Start();

    /// <summary>Ends what is due now, without waiting for the sweeper.</summary>
    public ValueTask SweepAsync(CancellationToken cancellationToken) => _front.SweepAsync(cancellationToken);

    /// <summary>Makes up for lost hints now, without waiting for the poll.</summary>
    public ValueTask RepairAsync(CancellationToken cancellationToken) => _front.RepairAsync(cancellationToken);

    /// <summary>Stops sweeping and repairing.</summary>
    public ValueTask DisposeAsync() => _front.DisposeAsync();
}
