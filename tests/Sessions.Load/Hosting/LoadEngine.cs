using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>The real engine in this process, with one agent that the load's own workers run.</summary>
internal static class LoadEngine
{
    public static DirectEngine Start(ISessionStore store, IReplicaBus bus, AgentName agent)
    {
        var engine = new DirectEngine(
            store,
            bus,
            new Dictionary<AgentName, string> { [agent] = "remote" },
            agent,
            new EngineOptions(),
            TimeProvider.System,
            Random.Shared,
            NullLogger<DirectEngine>.Instance);
        engine.Start();
        return engine;
    }
}
