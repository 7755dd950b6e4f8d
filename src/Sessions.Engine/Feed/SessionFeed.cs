using System.Collections.Concurrent;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Fans commits out to this replica's listeners, and hints out to the other replicas. Publishing never waits for a
/// listener (invariant 32).
/// </summary>
internal sealed class SessionFeed : IDisposable
{
    private readonly ListenerMap<SessionKey, LogListener> _sessions = new();
    private readonly ListenerMap<TenantId, ChangeListener> _tenants = new();
    private readonly SessionAffinity _affinity;
    private readonly IReplicaBus _bus;
    private readonly RunDispatcher _dispatcher;
    private readonly WorkerDirectory _workers;
    private readonly IDisposable _hearing;
    private readonly IDisposable? _hearingCommits;
    private readonly IDisposable _hearingOfWorkers;

    public SessionFeed(IReplicaBus bus, RunDispatcher dispatcher, SessionAffinity affinity, WorkerDirectory workers)
    {
        _bus = bus;
        _affinity = affinity;
        _dispatcher = dispatcher;
        _workers = workers;
        _hearing = bus.Listen(Hear);
        _hearingCommits = bus.ListenToCommits(Hear);
        _hearingOfWorkers = bus.ListenToWorkers(workers.Hear);
        workers.Tell = bus.IsShared ? bus.Post : null;
    }

    public IReadOnlyCollection<SessionKey> ListenedSessions => _sessions.Keys;

    public IReadOnlyCollection<TenantId> ListenedTenants => _tenants.Keys;

    public void Publish(Commit commit)
    {
        foreach (var listener in _sessions.Of(commit.Key))
            listener.Offer(commit);

        if (commit.Decided)
            RememberStarts(commit);

        Announce(commit.Key, commit.Decided, commit.Ready, commit.Signals.AsSpan());
        if (_bus.IsShared)
            _bus.Post(commit);
    }

    public LogListener Attach(SessionKey key)
    {
        var listener = new LogListener();
        listener.Detaching = _sessions.Add(key, listener) + Ending(_bus.Follow(key));
        return listener;
    }

    public ChangeListener Attach(TenantId tenant)
    {
        var listener = new ChangeListener();
        listener.Detaching = _tenants.Add(tenant, listener) + Ending(_bus.Watch(tenant));
        return listener;
    }

    /// <summary>The log of a session is known to reach this far.</summary>
    public void Nudge(SessionKey key, long lastSeq)
    {
        foreach (var listener in _sessions.Of(key))
            listener.Nudge(lastSeq);
    }

    /// <summary>A session may have changed.</summary>
    public void Nudge(TenantId tenant, SessionId session)
    {
        foreach (var listener in _tenants.Of(tenant))
            listener.Offer(session);
    }

    public void Dispose()
    {
        _hearing.Dispose();
        _hearingCommits?.Dispose();
        _hearingOfWorkers.Dispose();
    }

    private void RememberStarts(Commit commit)
    {
        foreach (var record in commit.Records)
        {
            if (record.Event is RunStarted started)
                _affinity.Remember(commit.Key, started.Worker);
        }
    }

    private static Action? Ending(IDisposable? interest) => interest is null ? null : interest.Dispose;

    /// <summary>Another replica's commit, for those who follow the session here.</summary>
    private void Hear(Commit commit)
    {
        foreach (var listener in _sessions.Of(commit.Key))
            listener.Offer(commit);
    }

    private void Hear(Wakeup wakeup)
    {
        Nudge(wakeup.Key, wakeup.LastSeq);
        Announce(wakeup.Key, wakeup.Decided, wakeup.Ready, wakeup.Signals.AsSpan());
    }

    private void Announce(SessionKey key, bool decided, AgentName? ready, ReadOnlySpan<WorkerSignal> signals)
    {
        if (decided)
            Nudge(key.Tenant, key.Session);

        // Before the next run is handed out: a lost worker's waiting claims are not to get it.
        foreach (var signal in signals)
        {
            _workers.Signal(signal);
            if (signal.Reason == RunErrorCode.WorkerLost)
                _dispatcher.Dismiss(key.Tenant, signal.Worker);
        }

        if (ready is { } agent)
            _dispatcher.Wake(key.Tenant, agent, _affinity.Of(key));
    }

    /// <summary>Who listens to what; reading it takes no lock.</summary>
    private sealed class ListenerMap<TKey, TListener>
        where TKey : notnull
    {
        private readonly ConcurrentDictionary<TKey, TListener[]> _listeners = new();

        public IReadOnlyCollection<TKey> Keys => _listeners.IsEmpty ? [] : [.. _listeners.Keys];

        public TListener[] Of(TKey key) => _listeners.TryGetValue(key, out var listeners) ? listeners : [];

        public Action Add(TKey key, TListener listener)
        {
            _listeners.AddOrUpdate(key, static (_, one) => [one], static (_, others, one) => [.. others, one], listener);
            return () => Remove(key, listener);
        }

        private void Remove(TKey key, TListener listener)
        {
            while (_listeners.TryGetValue(key, out var listeners))
            {
                TListener[] rest = [.. listeners.Where(other => !ReferenceEquals(other, listener))];
                if (rest.Length == 0
                    ? _listeners.TryRemove(KeyValuePair.Create(key, listeners))
                    : _listeners.TryUpdate(key, rest, listeners))
                {
                    return;
                }
            }
        }
    }
}
