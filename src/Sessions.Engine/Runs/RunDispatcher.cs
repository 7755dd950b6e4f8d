using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Lets claims wait. A run that becomes ready wakes one waiting claim for its agent, not the herd; what is truly ready the
/// store says.
/// </summary>
internal sealed class RunDispatcher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TenantId, LinkedList<Waiter>> _waiting = [];

    /// <summary>Waits in line from now on; look at the store after this, not before, so that no wake-up is missed.</summary>
    public Waiter Enter(TenantId tenant, IReadOnlySet<AgentName> agents)
    {
        var waiter = new Waiter(this, tenant, agents);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(tenant, out var line))
                _waiting.Add(tenant, line = []);

            waiter.Place = line.AddLast(waiter);
        }

        return waiter;
    }

    /// <summary>A run for this agent is ready.</summary>
    public void Wake(TenantId tenant, AgentName agent)
    {
        Waiter? chosen = null;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(tenant, out var line))
                return;

            for (var place = line.First; place is not null; place = place.Next)
            {
                if (!place.Value.Agents.Contains(agent))
                    continue;

                chosen = place.Value;
                chosen.Woken = agent;
                Remove(chosen);
                break;
            }
        }

        chosen?.Signal.Set();
    }

    private void Leave(Waiter waiter)
    {
        AgentName? unused;
        lock (_gate)
        {
            Remove(waiter);
            unused = waiter.Looked ? null : waiter.Woken;
        }

        // Woken, but gone before it looked: the next in line looks instead.
        if (unused is { } agent)
            Wake(waiter.Tenant, agent);
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.Place is not { } place)
            return;

        var line = place.List!;
        line.Remove(place);
        waiter.Place = null;
        if (line.Count == 0)
            _waiting.Remove(waiter.Tenant);
    }

    /// <summary>A claim's place in the line.</summary>
    internal sealed class Waiter(RunDispatcher dispatcher, TenantId tenant, IReadOnlySet<AgentName> agents) : IDisposable
    {
        public TenantId Tenant => tenant;

        public IReadOnlySet<AgentName> Agents => agents;

        public Signal Signal { get; } = new();

        public LinkedListNode<Waiter>? Place { get; set; }

        public AgentName? Woken { get; set; }

        /// <summary>Set once the claim has looked at the store after it was woken.</summary>
        public bool Looked { get; set; }

        public void Dispose() => dispatcher.Leave(this);
    }
}
