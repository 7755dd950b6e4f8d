using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans.Tests;

/// <summary>A store whose decisions can be held up.</summary>
internal sealed class HeldStore(ISessionStore store) : ISessionStore
{
    private Func<Task>? _passAsync;

    public Hold HoldDecisions()
    {
        var hold = new Hold(this);
        _passAsync = hold.PassAsync;
        return hold;
    }

    public ValueTask<LoadedSession> LoadAsync(SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken) =>
        store.LoadAsync(key, idempotencyKey, run, cancellationToken);

    public LoadedSession? Recall(SessionKey key) => store.Recall(key);

    public async ValueTask<DecisionResult> AppendAsync(DecisionWrite write, CancellationToken cancellationToken)
    {
        if (_passAsync is { } passAsync)
            await passAsync();

        return await store.AppendAsync(write, cancellationToken);
    }

    public ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken) =>
        store.AppendOutputAsync(write, cancellationToken);

    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        store.ReadLogAsync(key, after, max, cancellationToken);

    public ValueTask<Run?> ReadRunAsync(SessionKey key, RunId run, CancellationToken cancellationToken) =>
        store.ReadRunAsync(key, run, cancellationToken);

    public ValueTask<IReadOnlyList<Run>> ListRunsAsync(SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken) =>
        store.ListRunsAsync(key, beforeSeq, max, cancellationToken);

    public ValueTask<IReadOnlyList<Message>> ListMessagesAsync(SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        store.ListMessagesAsync(key, after, max, cancellationToken);

    public ValueTask<SessionList?> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        store.ListSessionsAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken) =>
        store.ReadSessionsAsync(tenant, sessions, cancellationToken);

    public ValueTask<ChangedSessions> ReadChangedAsync(TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken) =>
        store.ReadChangedAsync(tenant, since, cancellationToken);

    public ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> ReadLastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken) =>
        store.ReadLastSeqsAsync(sessions, cancellationToken);

    public ValueTask<IReadOnlyList<SessionKey>> FindDueAsync(int max, CancellationToken cancellationToken) =>
        store.FindDueAsync(max, cancellationToken);

    public ValueTask<IReadOnlyList<SessionKey>> FindReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken) =>
        store.FindReadyAsync(tenant, agents, max, cancellationToken);

    /// <summary>Until it is disposed.</summary>
    internal sealed class Hold(HeldStore store) : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Done once a decision is held up.</summary>
        public Task Reached => _reached.Task;

        public Task PassAsync()
        {
            _reached.TrySetResult();
            return _released.Task;
        }

        public void Dispose()
        {
            store._passAsync = null;
            _released.TrySetResult();
        }
    }
}
