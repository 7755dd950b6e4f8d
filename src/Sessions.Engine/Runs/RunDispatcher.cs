using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Lets claims wait. A run that becomes ready wakes one waiting claim for its agent, not the herd; what is truly ready the
/// store says. A send whose run could start at once may reserve a waiting claim, and start the run for it in its own commit.
/// </summary>
internal sealed partial class RunDispatcher(QuietAgents quiet)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TenantId, LinkedList<Waiter>> _waiting = [];

    /// <summary>Waits in line from now on; look at the store after this, not before, so that no wake-up is missed.</summary>
    public Waiter Enter(Claim claim)
    {
        var waiter = new Waiter(this, claim);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(claim.Tenant, out var line))
                _waiting.Add(claim.Tenant, line = []);

            waiter.Place = line.AddLast(waiter);
        }

        return waiter;
    }

    /// <summary>A run for this agent is ready.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="preferred">
    /// The worker to wake if it waits; else it is the one with the fewest runs on their way, of those the one that has waited longest.
    /// </param>
    public void Wake(TenantId tenant, AgentName agent, WorkerId? preferred = null)
    {
        Waiter? chosen;
        lock (_gate)
        {
            chosen = Choose(tenant, agent, preferred, static _ => true);
            if (chosen is not null)
            {
                chosen.Woken = agent;
                Remove(chosen);
            }
        }

        if (chosen is null)
            quiet.Disturb(tenant, agent);
        else
            chosen.Signal.Set();
    }

    /// <summary>Reserves room for a run in a claim that waits, and has found nothing ready. Null when there is none.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="agent">The run's agent.</param>
    /// <param name="preferred">The worker to choose if it waits; else it is the one with the fewest runs on their way.</param>
    public Reservation? Reserve(TenantId tenant, AgentName agent, WorkerId? preferred)
    {
        lock (_gate)
        {
            if (Choose(tenant, agent, preferred, static waiter => waiter.HasRoom) is not { } chosen)
                return null;

            chosen.Reserved++;
            return new Reservation(chosen);
        }
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
                if (waiter.Claim.Worker == worker)
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

    /// <summary>Of those that suit: the preferred worker's, else the one with the fewest runs on their way, in order of arrival.</summary>
    private Waiter? Choose(TenantId tenant, AgentName agent, WorkerId? preferred, Predicate<Waiter> suits)
    {
        Waiter? chosen = null;
        if (!_waiting.TryGetValue(tenant, out var line))
            return null;

        for (var place = line.First; place is not null; place = place.Next)
        {
            var waiter = place.Value;
            if (!waiter.Claim.Agents.Contains(agent) || !suits(waiter))
                continue;

            if (preferred is not null && waiter.Claim.Worker == preferred)
                return waiter;

            if (chosen is null || waiter.Reserved < chosen.Reserved)
                chosen = waiter;

            if (preferred is null && chosen.Reserved == 0)
                break;
        }

        return chosen;
    }

    private void Leave(Waiter waiter)
    {
        // Woken, but gone before it took notice: the next in line looks instead.
        if (TakeWakeUp(waiter) is { } agent)
            Wake(waiter.Claim.Tenant, agent);
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
        waiter.Room = 0;
        if (waiter.Place is not { } place)
            return;

        var line = place.List!;
        line.Remove(place);
        waiter.Place = null;
        if (line.Count == 0)
            _waiting.Remove(waiter.Claim.Tenant);
    }
}
