using System.Collections.Concurrent;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Store <c>memory</c>: everything in this process, gone with it. Any number of engines may share one.
/// </summary>
/// <param name="time">The store's clock, by which leases and deadlines are compared.</param>
public sealed class MemoryStore(TimeProvider time) : ISessionStore
{
    private readonly ConcurrentDictionary<SessionKey, MemorySession> _sessions = new();
    private readonly ConcurrentDictionary<TenantId, ChangeIndex> _changes = new();
    private readonly ReadyIndex _ready = new();
    private readonly DueIndex _due = new();

    /// <inheritdoc/>
    public ValueTask<LoadedSession> LoadAsync(
        SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_sessions.TryGetValue(key, out var session))
            return new(new LoadedSession(SessionState.None(key), Facts.None, time.GetUtcNow()));

        lock (session.Gate)
            return new(new LoadedSession(session.State, session.Look(idempotencyKey, run), time.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask<DecisionResult> AppendAsync(DecisionWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_sessions.TryGetValue(write.Key, out var session))
        {
            if (write.ExpectedVersion != 0)
                return new(DecisionResult.Conflict.Instance);

            session = _sessions.GetOrAdd(write.Key, static key => new MemorySession(key));
        }

        var changes = _changes.GetOrAdd(write.Key.Tenant, static (_, time) => new ChangeIndex(time), time);
        lock (session.Gate)
        {
            if (session.Append(write) is not { } committed)
                return new(DecisionResult.Conflict.Instance);

            changes.Changed(session);
            _ready.Changed(session);
            _due.Changed(session);
            return new(committed);
        }
    }

    /// <inheritdoc/>
    public ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_sessions.TryGetValue(write.Key, out var session))
            return new(new OutputResult.Lost(null));

        lock (session.Gate)
            return new(session.Append(write, time.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        Read(key, [], session => session.ReadLog(after, max), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Run?> ReadRunAsync(SessionKey key, RunId run, CancellationToken cancellationToken) =>
        Read(key, null, session => session.State.Find(run) ?? session.Find(run), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Run>> ListRunsAsync(
        SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken) =>
        Read(key, [], session => session.ListRuns(beforeSeq, max), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListMessagesAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        Read(key, [], session => session.ListMessages(after, max), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SessionList?> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_changes.GetOrAdd(query.Tenant, static (_, time) => new ChangeIndex(time), time).List(query));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = new List<SessionSnapshot>(sessions.Count);
        foreach (var id in sessions)
        {
            if (_sessions.TryGetValue(new SessionKey(tenant, id), out var session)
                && session.State is { Existence: not SessionExistence.None } state)
            {
                read.Add(SessionSnapshot.Of(state));
            }
        }

        return new(read);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedSessions> ReadChangedAsync(
        TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = time.GetUtcNow();
        return new(new ChangedSessions(_changes.TryGetValue(tenant, out var changes) ? changes.Since(since) : [], now));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> ReadLastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = new List<KeyValuePair<SessionKey, long>>(sessions.Count);
        foreach (var key in sessions)
        {
            if (_sessions.TryGetValue(key, out var session))
                read.Add(KeyValuePair.Create(key, session.State.LastSeq));
        }

        return new(read);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> FindDueAsync(int max, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_due.Take(time.GetUtcNow(), max));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> FindReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_ready.Take(tenant, agents, max));
    }

    private ValueTask<T> Read<T>(SessionKey key, T none, Func<MemorySession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_sessions.TryGetValue(key, out var session))
            return new(none);

        lock (session.Gate)
            return new(read(session));
    }
}
