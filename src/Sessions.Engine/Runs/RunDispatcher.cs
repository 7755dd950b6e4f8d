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
    public Waiter Enter(TenantId tenant, WorkerId worker, IReadOnlySet<AgentName> agents)
    {
        var waiter = new Waiter(this, tenant, worker, agents);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(tenant, out var line))
                _waiting.Add(tenant, line = []);

            waiter.Place = line.AddLast(waiter);
        }

        return waiter;
    }

    /// <summary>A run for this agent is ready.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="preferred">The worker to wake if it waits; else it is the one that has waited longest.</param>
    public void Wake(TenantId tenant, AgentName agent, WorkerId? preferred = null)
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

                chosen ??= place.Value;
                if (preferred is null || place.Value.Worker == preferred)
                {
                    chosen = place.Value;
                    break;
                }
            }

            if (chosen is not null)
            {
                chosen.Woken = agent;
                Remove(chosen);
            }
        }

        chosen?.Signal.Set();
    }

    /// <summary>
    /// A worker was lost: its claims that wait end empty. One that lives claims again at once; the next run of one that does
    /// not would be lost with it.
    /// </summary>
    public void Dismiss(TenantId tenant, WorkerId worker)
    {
        List<Waiter>? dismissed = null;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(tenant, out var line))
                return;

            foreach (var waiter in line)
            {
                if (waiter.Worker == worker)
                    (dismissed ??= []).Add(waiter);
            }

            foreach (var waiter in dismissed ?? [])
            {
                waiter.IsDismissed = true;
                Remove(waiter);
            }
        }

        foreach (var waiter in dismissed ?? [])
            waiter.Signal.Set();
    }

    private void Leave(Waiter waiter)
    {
        // Woken, but gone before it took notice: the next in line looks instead.
        if (TakeWakeUp(waiter) is { } agent)
            Wake(waiter.Tenant, agent);
    }

    private AgentName? TakeWakeUp(Waiter waiter)
    {
        lock (_gate)
        {
            Remove(waiter);
            var woken = waiter.Woken;
            waiter.Woken = null;
            return woken;
        }
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
    internal sealed class Waiter(RunDispatcher dispatcher, TenantId tenant, WorkerId worker, IReadOnlySet<AgentName> agents)
        : IDisposable
    {
        public TenantId Tenant => tenant;

        public WorkerId Worker => worker;

        public IReadOnlySet<AgentName> Agents => agents;

        public Signal Signal { get; } = new();

        public LinkedListNode<Waiter>? Place { get; set; }

        public AgentName? Woken { get; set; }

        public bool IsDismissed { get; set; }

        /// <summary>
        /// The agent that it was woken for, if it was. Whoever takes it has to look at the store, or to wake another. Ends
        /// the waiting.
        /// </summary>
        public AgentName? TakeWakeUp() => dispatcher.TakeWakeUp(this);

        public void Dispose() => dispatcher.Leave(this);
    }
}
