using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The sessions whose next run is ready, per tenant and agent, longest waiting first.</summary>
internal sealed class ReadyIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId, AgentName), LinkedList<MemorySession>> _ready = [];

    /// <summary>Called under the session's gate after each decision.</summary>
    public void Changed(MemorySession session)
    {
        var places = session.Places;
        var ready = session.State.Ready?.Agent;
        var tenant = session.State.Key.Tenant;
        if (ready is null && places.Ready is null)
            return;

        lock (_gate)
        {
            if (places.Ready is { } place)
            {
                if (ready == places.ReadyAgent)
                    return;

                place.List!.Remove(place);
                places.Ready = null;
            }

            if (ready is { } agent)
            {
                if (!_ready.TryGetValue((tenant, agent), out var line))
                    _ready.Add((tenant, agent), line = new());

                places.ReadyAgent = agent;
                places.Ready = line.AddLast(session);
            }
        }
    }

    /// <summary>
    /// The first in each agent's line. They go to its end, so that of two callers at the same time each gets others; a
    /// start takes them out.
    /// </summary>
    public IReadOnlyList<SessionKey> Take(TenantId tenant, IReadOnlySet<AgentName> agents, int max)
    {
        List<SessionKey>? keys = null;
        lock (_gate)
        {
            foreach (var agent in agents)
            {
                if (!_ready.TryGetValue((tenant, agent), out var line))
                    continue;

                for (var left = line.Count; left > 0 && (keys?.Count ?? 0) < max; left--)
                {
                    var first = line.First!;
                    line.RemoveFirst();
                    line.AddLast(first);
                    (keys ??= []).Add(first.Value.State.Key);
                }
            }
        }

        return keys ?? (IReadOnlyList<SessionKey>)[];
    }
}
