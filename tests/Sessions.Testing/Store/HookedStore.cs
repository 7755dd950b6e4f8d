using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>A store in front of another: a test can put something before an operation, or a fault in its place.</summary>
public sealed class HookedStore(ISessionStore store) : ISessionStore
{
    /// <summary>Called before each operation with its name; what it throws the operation throws.</summary>
    public Func<string, Task>? Before { get; set; }

    /// <summary>Called after each operation, before its result is given.</summary>
    public Func<string, Task>? After { get; set; }

    public ValueTask<LoadedSession> LoadAsync(SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken) =>
        DoAsync("load", () => store.LoadAsync(key, idempotencyKey, run, cancellationToken));

    public LoadedSession? Recall(SessionKey key) => store.Recall(key);

    public ValueTask<DecisionResult> AppendAsync(DecisionWrite write, CancellationToken cancellationToken) =>
        DoAsync("append", () => store.AppendAsync(write, cancellationToken));

    public ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken) =>
        DoAsync("output", () => store.AppendOutputAsync(write, cancellationToken));

    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        DoAsync("log", () => store.ReadLogAsync(key, after, max, cancellationToken));

    public ValueTask<Run?> ReadRunAsync(SessionKey key, RunId run, CancellationToken cancellationToken) =>
        DoAsync("run", () => store.ReadRunAsync(key, run, cancellationToken));

    public ValueTask<IReadOnlyList<Run>> ListRunsAsync(SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken) =>
        DoAsync("runs", () => store.ListRunsAsync(key, beforeSeq, max, cancellationToken));

    public ValueTask<IReadOnlyList<Message>> ListMessagesAsync(SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        DoAsync("messages", () => store.ListMessagesAsync(key, after, max, cancellationToken));

    public ValueTask<SessionList?> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        DoAsync("list", () => store.ListSessionsAsync(query, cancellationToken));

    public ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken) =>
        DoAsync("sessions", () => store.ReadSessionsAsync(tenant, sessions, cancellationToken));

    public ValueTask<ChangedSessions> ReadChangedAsync(TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken) =>
        DoAsync("changed", () => store.ReadChangedAsync(tenant, since, cancellationToken));

    public ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> ReadLastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken) =>
        DoAsync("seqs", () => store.ReadLastSeqsAsync(sessions, cancellationToken));

    public ValueTask<IReadOnlyList<SessionKey>> FindDueAsync(int max, CancellationToken cancellationToken) =>
        DoAsync("due", () => store.FindDueAsync(max, cancellationToken));

    public ValueTask<IReadOnlyList<SessionKey>> FindReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken) =>
        DoAsync("ready", () => store.FindReadyAsync(tenant, agents, max, cancellationToken));

    private async ValueTask<T> DoAsync<T>(string operation, Func<ValueTask<T>> run)
    {
        if (Before is { } before)
            await before(operation);

        var result = await run();
        if (After is { } after)
            await after(operation);

        return result;
    }
}
