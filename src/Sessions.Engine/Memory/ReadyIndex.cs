using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The sessions whose next run is ready, per tenant and agent, longest waiting first.</summary>
internal sealed class ReadyIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId, AgentName), LinkedList<MemorySession>> _ready = [];
    private long _turn;

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

                var line = place.List!;
                line.Remove(place);
                places.Ready = null;
                if (line.Count == 0)
                    _ready.Remove((tenant, places.ReadyAgent));
            }

            if (ready is { } agent)
            {
                if (!_ready.TryGetValue((tenant, agent), out var line))
                    _ready.Add((tenant, agent), line = new());

                places.ReadyAgent = agent;
                places.ReadyTurn = ++_turn;
                places.Ready = line.AddLast(session);
            }
        }
    }

    /// <summary>
    /// Those that wait longest, over all the agents' lines. They go to the end, so that of two callers at the same time
    /// each gets others; a start takes them out.
    /// </summary>
    public IReadOnlyList<SessionKey> Take(TenantId tenant, IReadOnlySet<AgentName> agents, int max)
    {
        List<SessionKey>? keys = null;
        lock (_gate)
        {
            var until = _turn;
            while ((keys?.Count ?? 0) < max && First(tenant, agents) is { } first && first.Value.Places.ReadyTurn <= until)
            {
                var line = first.List!;
                line.RemoveFirst();
                line.AddLast(first);
                first.Value.Places.ReadyTurn = ++_turn;
                (keys ??= []).Add(first.Value.State.Key);
            }
        }

        return keys ?? (IReadOnlyList<SessionKey>)[];
    }

    /// <summary>The longest waiting of the lines' heads: within a line turns only grow.</summary>
    private LinkedListNode<MemorySession>? First(TenantId tenant, IReadOnlySet<AgentName> agents)
    {
        LinkedListNode<MemorySession>? first = null;
        foreach (var agent in agents)
        {
            if (_ready.TryGetValue((tenant, agent), out var line)
                && line.First is { } head
                && (first is null || head.Value.Places.ReadyTurn < first.Value.Places.ReadyTurn))
            {
                first = head;
            }
        }

        return first;
    }
}
