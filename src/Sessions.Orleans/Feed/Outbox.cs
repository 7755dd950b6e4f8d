using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// What waits to go out, gathered while the last of it is on its way: commits of one session follow each other, runs that are
/// ready are counted. Bounded: what is too much is dropped, and made up for by the gateways' polls.
/// </summary>
internal sealed class Outbox
{
    internal const int Capacity = 8192;

    private readonly Lock _gate = new();
    private readonly Signal _some = new();
    private Parcel _parcel = new();

    public void Add(Commit commit, IEnumerable<string> followers)
    {
        lock (_gate)
        {
            var isFollowed = false;
            foreach (var follower in followers)
            {
                _parcel.Add(follower, commit);
                isFollowed = true;
            }

            if (!isFollowed)
                return;
        }

        _some.Set();
    }

    public void Add(Wakeup wakeup)
    {
        lock (_gate)
        {
            _parcel.Add(wakeup);
        }

        _some.Set();
    }

    public void Add(WorkerNews news)
    {
        lock (_gate)
        {
            _parcel.Asks |= news.Asks;
            foreach (var presence in news.Present)
                _parcel.Present.Add(new PresentWorker(presence.Tenant, presence.Worker, presence.Agent));
        }

        _some.Set();
    }

    /// <summary>Waits for something, and takes all there is.</summary>
    public async ValueTask<Parcel> TakeAsync(CancellationToken cancellationToken)
    {
        await _some.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            var parcel = _parcel;
            _parcel = new Parcel();
            return parcel;
        }
    }

    /// <summary>What goes out together.</summary>
    internal sealed class Parcel
    {
        private int _commits;

        public Dictionary<string, List<SessionEvents>> Events { get; } = [];

        public List<ReplicaHint> Hints { get; } = [];

        public Dictionary<(TenantId Tenant, AgentName Agent), ReadyRuns> Ready { get; } = [];

        public HashSet<PresentWorker> Present { get; } = [];

        public bool Asks { get; set; }

        public bool HasNews => Asks || Hints.Count > 0 || Ready.Count > 0 || Present.Count > 0;

        public ReplicaNews News(Guid sender) => new(sender, [.. Hints], [.. Ready.Values], [.. Present], Asks);

        public void Add(string follower, Commit commit)
        {
            if (_commits++ >= Capacity)
                return;

            if (!Events.TryGetValue(follower, out var list))
                Events.Add(follower, list = []);

            list.Add(new SessionEvents(commit.Key, commit.Records));
        }

        /// <summary>That a run is ready says all there is to know of it: who looks for one looks at the store.</summary>
        public void Add(Wakeup wakeup)
        {
            if (wakeup is { Signals: [], Ready: { } agent })
            {
                var ready = Ready.GetValueOrDefault((wakeup.Key.Tenant, agent));
                Ready[(wakeup.Key.Tenant, agent)] = new ReadyRuns(wakeup.Key, agent, ready.Count + 1);
            }
            else if (Hints.Count < Capacity)
            {
                Hints.Add(ReplicaHint.Of(wakeup));
            }
        }
    }
}
