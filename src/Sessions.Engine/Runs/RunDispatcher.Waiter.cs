using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Those who wait, and what is reserved for them.</summary>
internal sealed partial class RunDispatcher
{
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
            {
                if (Place is not null)
                {
                    Room = Reserved + _given.Count + room;
                    return;
                }
            }

            // Woken or dismissed already, and whoever waited for something else may have taken the signal.
            Signal.Set();
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
