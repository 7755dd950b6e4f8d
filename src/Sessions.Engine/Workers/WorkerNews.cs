using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>What replicas tell each other of their workers, so that each knows all of them.</summary>
/// <param name="Present">Workers that are connected to the sender, one for each agent that they run.</param>
/// <param name="Asks">True when the sender has just started: whoever hears it tells of its own workers.</param>
public sealed record WorkerNews(ImmutableArray<WorkerPresence> Present, bool Asks = false);

/// <summary>A worker that is connected somewhere and runs an agent.</summary>
/// <param name="Tenant">The tenant whose runs it executes.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Agent">The agent.</param>
public readonly record struct WorkerPresence(TenantId Tenant, WorkerId Worker, AgentName Agent);
