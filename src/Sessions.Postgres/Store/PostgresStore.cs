using Microsoft.Extensions.Logging;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Store <c>postgres</c>: durable, shared by any number of replicas, each with one of these. Writes go through group
/// commit; the database's fences and clock decide.
/// </summary>
public sealed class PostgresStore : ISessionStore, IAsyncDisposable
{
    private const long CachedCharacters = 64 * 1024 * 1024;
    private const int LoadsAtOnce = 128;

    /// <summary>Fewer: what is read for an asker may be a page of long texts.</summary>
    private const int LogsAtOnce = 32;

    private readonly StoreInstruments _instruments = new();
    private readonly StoreClock _clock = new(TimeProvider.System);
    private readonly StateCache _states;
    private readonly GroupReader<LoadRequest, LoadedSession> _loader;
    private readonly GroupReader<LogRequest, IReadOnlyList<LogRecord>> _logs;
    private readonly Writer[] _writers;
    private readonly SessionReads _sessions;
    private readonly RunReads _runs;
    private readonly WorkReads _work;

    /// <summary>Makes a store over a database that is migrated.</summary>
    /// <param name="database">The database; stays the caller's.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="logger">Logs.</param>
    public PostgresStore(PostgresDatabase database, PostgresOptions options, ILogger<PostgresStore> logger)
    {
        _states = new StateCache(options.CachedStates, CachedCharacters);
        _loader = new(database.Reads, options.Loaders, LoadsAtOnce, Loading.ReadAsync);
        _logs = new(database.Reads, options.Loaders, LogsAtOnce, LogPages.ReadAsync);
        _sessions = new SessionReads(database.Reads);
        _runs = new RunReads(database.Reads);
        _work = new WorkReads(database.Hints);
        _writers = [.. Enumerable.Range(0, options.Writers).Select(_ => new Writer(
            database, (key, run) => _runs.RunAsync(key, run, default).AsTask(), options, _clock, _instruments, logger))];
    }

    /// <inheritdoc/>
    public async ValueTask<LoadedSession> LoadAsync(
        SessionKey key, string? idempotencyKey, RunId? run, CancellationToken cancellationToken)
    {
        var loaded = await _loader.ReadAsync(new(key, idempotencyKey, run), cancellationToken).ConfigureAwait(false);
        _states.Put(loaded.State);
        _clock.Note(loaded.Now);
        return loaded;
    }

    /// <inheritdoc/>
    public LoadedSession? Recall(SessionKey key) => _clock.Now is { } now && _states.Find(key) is { } state
        ? new LoadedSession(state, Facts.None, now > state.UpdatedAt ? now : state.UpdatedAt)
        : null;

    /// <inheritdoc/>
    public async ValueTask<DecisionResult> AppendAsync(DecisionWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await BeforeAsync(write, cancellationToken).ConfigureAwait(false) is not { } before)
            return DecisionResult.Conflict.Instance;

        var request = new DecisionRequest(StoredPrecision.Of(write), before);
        var outcome = await WriterOf(write.Key).CommitAsync(request, cancellationToken).ConfigureAwait(false);
        if (!outcome.Committed)
            return DecisionResult.Conflict.Instance;

        var committed = request.Sealed(outcome);
        _states.Put(committed.State);
        return committed;
    }

    /// <inheritdoc/>
    public async ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await WriterOf(write.Key).CommitAsync(new OutputRequest(write), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken) => _logs.ReadAsync(new(key, after, max), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Run?> ReadRunAsync(SessionKey key, RunId run, CancellationToken cancellationToken) =>
        _runs.RunAsync(key, run, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Run>> ListRunsAsync(
        SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken) =>
        _runs.RunsAsync(key, beforeSeq, max, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListMessagesAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        _runs.MessagesAsync(key, after, max, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SessionList?> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        _sessions.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken) =>
        _sessions.NamedAsync(tenant, sessions, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedSessions> ReadChangedAsync(
        TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken) =>
        _sessions.ChangedAsync(tenant, since, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> ReadLastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken) =>
        _sessions.LastSeqsAsync(sessions, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> FindDueAsync(int max, CancellationToken cancellationToken) =>
        _work.DueAsync(max, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> FindReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken) =>
        _work.ReadyAsync(tenant, agents, max, cancellationToken);

    /// <summary>Commits what waits, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
            await writer.DisposeAsync().ConfigureAwait(false);

        await _loader.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
        _instruments.Dispose();
    }

    /// <summary>The state that was decided on; null when there is another one by now.</summary>
    private async ValueTask<SessionState?> BeforeAsync(DecisionWrite write, CancellationToken cancellationToken)
    {
        var state = _states.Find(write.Key);
        if (state?.Version > write.ExpectedVersion)
            return null;

        if (state?.Version == write.ExpectedVersion)
            return state;

        if (write.ExpectedVersion == 0)
            return SessionState.None(write.Key);

        state = (await LoadAsync(write.Key, null, null, cancellationToken).ConfigureAwait(false)).State;
        return state.Version == write.ExpectedVersion ? state : null;
    }

    /// <summary>One session's writes all go through one writer, which keeps them in order.</summary>
    private Writer WriterOf(SessionKey key) => _writers[(uint)key.GetHashCode() % (uint)_writers.Length];
}
