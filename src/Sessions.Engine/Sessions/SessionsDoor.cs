using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The front door: reads go to the store, changes to the session's owner.</summary>
internal sealed class SessionsDoor(
    ISessionStore store, ISessionOwner owner, SessionFeed feed, WorkerDirectory workers, EngineOptions options, TimeProvider time,
    EngineInstruments instruments)
    : ISessions
{
    public async ValueTask<Result<SessionOutcome>> CreateAsync(
        SessionKey key, AgentName? agent, string? title, ImmutableSortedDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var command = new CreateSession(agent, title, metadata, workers.Known(key.Tenant));
        var answer = await owner.AskAsync(key, command, cancellationToken).ConfigureAwait(false);
        return answer.As<SessionOutcome>();
    }

    public async ValueTask<Result<SessionSnapshot>> GetAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var state = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        return Missing(state) is { } refusal
            ? Result.Refused<SessionSnapshot>(refusal)
            : Result.Of<SessionSnapshot>(SessionSnapshot.Of(state));
    }

    public ValueTask<Result<SessionSnapshot>> UpdateAsync(
        SessionKey key, string? title, ImmutableSortedDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        ChangeAsync(key, new UpdateSession(title, metadata), cancellationToken);

    public ValueTask<Result<SessionSnapshot>> ResetAsync(SessionKey key, CancellationToken cancellationToken) =>
        ChangeAsync(key, new ResetSession(), cancellationToken);

    public ValueTask<Result<SessionSnapshot>> DeleteAsync(SessionKey key, CancellationToken cancellationToken) =>
        ChangeAsync(key, new DeleteSession(), cancellationToken);

    public async ValueTask<Result<SendOutcome>> SendAsync(SessionKey key, Sending sending, CancellationToken cancellationToken)
    {
        var command = new SendMessage
        {
            RunId = sending.RunId ?? new RunId(Identifier.New(time.GetUtcNow())),
            Text = sending.Text,
            Agent = sending.Agent,
            IdempotencyKey = sending.IdempotencyKey,
            Fingerprint = sending.Fingerprint(),
            IfBusy = sending.IfBusy,
            Timeout = sending.Timeout ?? options.RunTimeout,
            QueueTimeout = options.QueueTimeout,
            MaxAttempts = sending.MaxAttempts,
            MaxQueued = options.MaxQueued,
            Agents = workers.Known(key.Tenant),
        };
        var answer = await owner.AskAsync(key, command, cancellationToken).ConfigureAwait(false);
        return answer.As<SendOutcome>();
    }

    public async ValueTask<Result<AbortOutcome>> AbortAsync(
        SessionKey key, RunId? run, string? idempotencyKey, AbortReason reason, CancellationToken cancellationToken)
    {
        var command = new AbortRuns(run, idempotencyKey, reason, workers.Known(key.Tenant));
        var answer = await owner.AskAsync(key, command, cancellationToken).ConfigureAwait(false);
        return answer.As<AbortOutcome>();
    }

    public ValueTask<SessionList?> ListAsync(SessionQuery query, CancellationToken cancellationToken) =>
        store.ListSessionsAsync(query, cancellationToken);

    public async ValueTask<Result<IReadOnlyList<Message>>> ListMessagesAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken)
    {
        var state = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        if ((Missing(state) ?? Ahead(state, after)) is { } refusal)
            return Result.Refused<IReadOnlyList<Message>>(refusal);

        return Result.Of<IReadOnlyList<Message>>(
            await store.ListMessagesAsync(key, after, max, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<Result<IReadOnlyList<Run>>> ListRunsAsync(
        SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken)
    {
        var state = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        return Missing(state) is { } refusal
            ? Result.Refused<IReadOnlyList<Run>>(refusal)
            : Result.Of<IReadOnlyList<Run>>(await store.ListRunsAsync(key, beforeSeq, max, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<Result<Run>> GetRunAsync(SessionKey key, RunId run, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero)
            return RunOf(await store.LoadAsync(key, null, run, cancellationToken).ConfigureAwait(false), run);

        using var listener = feed.Attach(key);
        var isUp = false;
        var timer = time.CreateTimer(
            _ =>
            {
                // A timer may fire a little early by another clock, so that it has fired is what counts.
                Volatile.Write(ref isUp, true);
                listener.Wake();
            },
            null, wait, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            while (true)
            {
                var isLast = Volatile.Read(ref isUp);
                var loaded = await store.LoadAsync(key, null, run, cancellationToken).ConfigureAwait(false);
                var read = RunOf(loaded, run);
                if (isLast || read.IsRefused || read.Value.IsTerminal)
                    return read;

                var seen = loaded.State.LastSeq;
                do
                    await listener.WaitAsync(cancellationToken).ConfigureAwait(false);
                while (!MayHaveEnded(listener, run, ref seen) && !Volatile.Read(ref isUp));
            }
        }
    }

    public async ValueTask<Result<ISessionSubscription>> SubscribeAsync(
        SessionKey key, long after, RunId? run, CancellationToken cancellationToken)
    {
        var listener = feed.Attach(key);
        try
        {
            var loaded = await store.LoadAsync(key, null, run, cancellationToken).ConfigureAwait(false);
            var state = loaded.State;
            var about = run is { } id ? state.Find(id) ?? loaded.Facts.NamedRun : null;

            // Who followed a session until it was deleted may still read how it ended.
            var missing = state.Existence == SessionExistence.Deleted && after > 0 ? null : Missing(state);
            var refusal = missing ?? Ahead(state, after) ?? (run is { } unknown && about is null ? NoRun(key, unknown) : null);
            if (refusal is not null)
            {
                listener.Dispose();
                return Result.Refused<ISessionSubscription>(refusal);
            }

            var cursor = after > 0 ? after : about is null ? state.GenerationSeq - 1 : 0;
            if (about is not null)
                cursor = Math.Max(cursor, about.QueuedSeq - 1);

            var isOver = about is not null
                ? about.IsTerminal && cursor >= about.EndedSeq
                : state.Existence == SessionExistence.Deleted && cursor >= state.LastSeq;
            return Result.Of<ISessionSubscription>(new SessionSubscription(
                store, listener, key, cursor, run, isOver, instruments, time));
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public IWatch Watch(TenantId tenant, WatchSnapshot snapshot) => new TenantWatch(store, feed.Attach(tenant), tenant, snapshot);

    public IReadOnlyList<AgentStatus> Agents(TenantId tenant) => workers.Agents(tenant);

    private static Refusal? Missing(SessionState state) => state.Existence switch
    {
        SessionExistence.Live => null,
        SessionExistence.Deleted => new(RefusalCode.SessionDeleted, $"Session '{state.Key.Session}' was deleted."),
        _ => new(RefusalCode.SessionNotFound, $"There is no session '{state.Key.Session}'."),
    };

    private static Refusal? Ahead(SessionState state, long after) => after > state.LastSeq
        ? new(RefusalCode.CursorAhead, $"The log of session '{state.Key.Session}' ends at {state.LastSeq}, before {after}.")
        : null;

    private static Refusal NoRun(SessionKey key, RunId run) =>
        new(RefusalCode.RunNotFound, $"There is no run '{run}' in session '{key.Session}'.");

    /// <summary>False only when everything behind <paramref name="seen"/> is at hand, and does not end the run.</summary>
    private static bool MayHaveEnded(LogListener listener, RunId run, ref long seen)
    {
        while (listener.TryTake(out var commit))
        {
            if (commit.LastSeq <= seen)
                continue;

            if (commit.FirstSeq > seen + 1 || commit.Records.Any(record => record.Event is RunEnded ended && ended.RunId == run))
                return true;

            seen = commit.LastSeq;
        }

        // A hint from another replica comes without records.
        return listener.LastSeq > seen;
    }

    private async ValueTask<SessionState> LoadAsync(SessionKey key, CancellationToken cancellationToken) =>
        (await store.LoadAsync(key, null, null, cancellationToken).ConfigureAwait(false)).State;

    private async ValueTask<Result<SessionSnapshot>> ChangeAsync(
        SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var answer = await owner.AskAsync(key, command, cancellationToken).ConfigureAwait(false);
        return answer.Refusal is { } refusal
            ? Result.Refused<SessionSnapshot>(refusal)
            : Result.Of<SessionSnapshot>(((SessionOutcome)answer.Outcome!).Session);
    }

    private static Result<Run> RunOf(LoadedSession loaded, RunId id) =>
        Missing(loaded.State) is { } refusal ? Result.Refused<Run>(refusal)
        : (loaded.State.Find(id) ?? loaded.Facts.NamedRun) is { } run ? Result.Of<Run>(run)
        : Result.Refused<Run>(NoRun(loaded.State.Key, id));
}
