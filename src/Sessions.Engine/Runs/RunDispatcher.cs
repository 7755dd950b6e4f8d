using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Lets claims wait. A run that becomes ready wakes one waiting claim for its agent, not the herd; what is truly ready the
/// store says. A send whose run could start at once may reserve a waiting claim, and start the run for it in its own commit.
/// </summary>
internal sealed class RunDispatcher
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
    /// <param name="preferred">The worker to wake if it waits; else it is the one that has waited longest.</param>
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

        chosen?.Signal.Set();
    }

    /// <summary>Reserves room for a run in a claim that waits, and has found nothing ready. Null when there is none.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="agent">The run's agent.</param>
    /// <param name="preferred">The worker to choose if it waits; else it is the one that has waited longest.</param>
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

    /// <summary>A claim's place in the line.</summary>
    internal sealed class Waiter(RunDispatcher dispatcher, Claim claim) : IDisposable
    {
        private readonly List<ClaimedRun> _given = [];
        private bool _isGone;

        public Claim Claim => claim;

        /// <summary>Set when it is woken or dismissed, when it is given a run, and when nothing is reserved any more.</summary>
        public Signal Signal { get; } = new();

        public LinkedListNode<Waiter>? Place { get; set; }

        public AgentName? Woken { get; set; }

        public bool IsDismissed { get; set; }

        /// <summary>For how many runs it has room, with those that are on their way and those that it was given.</summary>
        public int Room { get; set; }

        /// <summary>How many runs are on their way.</summary>
        public int Reserved { get; set; }

        public bool HasRoom => Reserved + _given.Count < Room;

        /// <summary>How many runs are on their way, or were given.</summary>
        public int Taken
        {
            get
            {
                lock (dispatcher._gate)
                    return Reserved + _given.Count;
            }
        }

        /// <summary>True while runs are on their way to it.</summary>
        public bool IsFilling
        {
            get
            {
                lock (dispatcher._gate)
                    return Reserved > 0;
            }
        }

        /// <summary>Has room for so many more runs than it has looked up itself: from now on they may be reserved for it.</summary>
        public void Open(int room)
        {
            lock (dispatcher._gate)
                Room = Place is null ? 0 : Reserved + _given.Count + room;
        }

        /// <summary>From now on nothing more is reserved for it. It stays in line.</summary>
        public void Shut()
        {
            lock (dispatcher._gate)
                Room = 0;
        }

        /// <summary>
        /// The agent that it was woken for, if it was. Whoever takes it has to look at the store, or to wake another. Ends
        /// the waiting.
        /// </summary>
        public AgentName? TakeWakeUp() => dispatcher.TakeWakeUp(this);

        /// <summary>What it was given. It is given no more: what is still on its way is ready again.</summary>
        public IReadOnlyList<ClaimedRun> TakeGiven()
        {
            lock (dispatcher._gate)
            {
                dispatcher.Remove(this);
                _isGone = true;
                return _given;
            }
        }

        public void Dispose()
        {
            TakeGiven();
            dispatcher.Leave(this);
        }

        public bool Give(ClaimedRun run)
        {
            lock (dispatcher._gate)
            {
                Reserved--;
                if (_isGone)
                    return false;

                _given.Add(run);
            }

            Signal.Set();
            return true;
        }

        public void Release()
        {
            lock (dispatcher._gate)
            {
                Reserved--;
                if (Reserved > 0 || Room > 0)
                    return;
            }

            Signal.Set();
        }
    }

    /// <summary>Room for a run in a waiting claim. Given up when it is disposed before a run was given.</summary>
    internal sealed class Reservation(Waiter waiter) : IDisposable
    {
        private bool _isUsed;

        public Claim Claim => waiter.Claim;

        /// <summary>Gives the run that was started.</summary>
        /// <returns>False when the claim is over: the run is nobody's.</returns>
        public bool Give(ClaimedRun run)
        {
            _isUsed = true;
            return waiter.Give(run);
        }

        public void Dispose()
        {
            if (_isUsed)
                return;

            _isUsed = true;
            waiter.Release();
        }
    }
}
