using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// What waits to go out, gathered while the last of it is on its way: changes coalesce per session, commits of one session
/// follow each other. Bounded: what is too much is dropped, and made up for by the gateways' polls.
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
            foreach (var follower in followers)
                _parcel.Add(follower, commit);

            if (commit.Decided)
                _parcel.Changed(commit);
        }

        _some.Set();
    }

    public void Add(Wakeup wakeup)
    {
        lock (_gate)
        {
            if (_parcel.Hints.Count < Capacity)
                _parcel.Hints.Add(ReplicaHint.Of(wakeup));
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

        public Dictionary<TenantId, Dictionary<SessionId, long>> Changes { get; } = [];

        public List<ReplicaHint> Hints { get; } = [];

        public HashSet<PresentWorker> Present { get; } = [];

        public bool Asks { get; set; }

        public bool HasNews => Asks || Hints.Count > 0 || Present.Count > 0;

        public ReplicaNews News(Guid sender) => new(sender, [.. Hints], [.. Present], Asks);

        public void Add(string follower, Commit commit)
        {
            if (_commits++ >= Capacity)
                return;

            if (!Events.TryGetValue(follower, out var list))
                Events.Add(follower, list = []);

            list.Add(new SessionEvents(commit.Key, commit.Records));
        }

        public void Changed(Commit commit)
        {
            if (!Changes.TryGetValue(commit.Key.Tenant, out var sessions))
                Changes.Add(commit.Key.Tenant, sessions = []);

            if (sessions.Count < Capacity || sessions.ContainsKey(commit.Key.Session))
                sessions[commit.Key.Session] = commit.LastSeq;
        }
    }
}
