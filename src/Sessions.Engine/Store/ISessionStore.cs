using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Where sessions are kept. Append is the only way anything becomes true, and it is atomic: log, session, run, key and
/// obligation change together or not at all (invariant 3). Every write carries its fence. What was acknowledged is as
/// durable as the store is; what is read is never older than what the reader has been told of (invariant 1).
/// </summary>
/// <exception cref="StoreUnavailableException">Thrown by every member when the store can't be reached.</exception>
public interface ISessionStore
{
    /// <summary>
    /// Reads what deciding needs: the state, what the given key and run stand for, and the store's clock, at one moment.
    /// </summary>
    ValueTask<LoadedSession> LoadAsync(SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken);

    /// <summary>
    /// The session as it was seen last, without asking anybody, with a guess of the store's clock and nothing looked up; null
    /// where none is remembered. It may be old. So only a decision that changes something may rest on it: its commit, marked
    /// <see cref="DecisionWrite.IsRecalled"/>, conflicts if it was.
    /// </summary>
    LoadedSession? Recall(SessionKey key) => null;

    /// <summary>Commits a decision if the session still has the version, and the lease the beats, that it was decided on.</summary>
    ValueTask<DecisionResult> AppendAsync(DecisionWrite write, CancellationToken cancellationToken);

    /// <summary>Commits output, or a heartbeat when there is none, if the run is running under the epoch.</summary>
    ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken);

    /// <summary>The records behind <paramref name="after"/>, in order, at most <paramref name="max"/>.</summary>
    ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(SessionKey key, long after, int max, CancellationToken cancellationToken);

    /// <summary>A run, terminal or not; null when the session has none of that id.</summary>
    ValueTask<Run?> ReadRunAsync(SessionKey key, RunId run, CancellationToken cancellationToken);

    /// <summary>The runs queued before <paramref name="beforeSeq"/> (all when null), newest first.</summary>
    ValueTask<IReadOnlyList<Run>> ListRunsAsync(SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken);

    /// <summary>The current generation's messages behind <paramref name="after"/>, oldest first.</summary>
    ValueTask<IReadOnlyList<Message>> ListMessagesAsync(SessionKey key, long after, int max, CancellationToken cancellationToken);

    /// <summary>Live sessions, newest change first; null when the query's cursor is none that the store gave.</summary>
    ValueTask<SessionList?> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>The named sessions that exist or were deleted, in any order.</summary>
    ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken);

    /// <summary>The sessions of a tenant, deleted ones too, that changed since a time by the store's clock, in any order.</summary>
    ValueTask<ChangedSessions> ReadChangedAsync(TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>The newest seq of each session that exists or was deleted.</summary>
    ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> ReadLastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken);

    /// <summary>
    /// Sessions in which something is due by the store's clock. A hint: of two callers each may get a session, or one alone
    /// for a short while; the command that follows decides.
    /// </summary>
    ValueTask<IReadOnlyList<SessionKey>> FindDueAsync(int max, CancellationToken cancellationToken);

    /// <summary>Sessions whose next run is ready for one of the agents, longest waiting first. A hint as above.</summary>
    ValueTask<IReadOnlyList<SessionKey>> FindReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken);
}
