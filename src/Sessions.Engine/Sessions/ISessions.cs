using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// The front door: what frontends ask of sessions. Whatever the engine and whichever the replica, the answers are the same.
/// </summary>
public interface ISessions
{
    /// <summary>Creates a session, or agrees that it exists as asked for.</summary>
    ValueTask<Result<SessionOutcome>> CreateAsync(
        SessionKey key, AgentName? agent, string? title, ImmutableSortedDictionary<string, string>? metadata,
        CancellationToken cancellationToken);

    /// <summary>Reads a session.</summary>
    ValueTask<Result<SessionSnapshot>> GetAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Changes what is not null.</summary>
    ValueTask<Result<SessionSnapshot>> UpdateAsync(
        SessionKey key, string? title, ImmutableSortedDictionary<string, string>? metadata, CancellationToken cancellationToken);

    /// <summary>Aborts every run and begins a new generation.</summary>
    ValueTask<Result<SessionSnapshot>> ResetAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Aborts every run and deletes the session; agrees when it was deleted before.</summary>
    ValueTask<Result<SessionSnapshot>> DeleteAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Sends a message.</summary>
    ValueTask<Result<SendOutcome>> SendAsync(SessionKey key, Sending sending, CancellationToken cancellationToken);

    /// <summary>Aborts one run, by id or key, or all of them.</summary>
    ValueTask<Result<AbortOutcome>> AbortAsync(
        SessionKey key, RunId? run, string? idempotencyKey, AbortReason reason, CancellationToken cancellationToken);

    /// <summary>Lists sessions; null when the query's cursor is none that was given.</summary>
    ValueTask<SessionList?> ListAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>Lists the messages behind a seq, oldest first.</summary>
    ValueTask<Result<IReadOnlyList<Message>>> ListMessagesAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken);

    /// <summary>Lists the runs queued before a seq, newest first.</summary>
    ValueTask<Result<IReadOnlyList<Run>>> ListRunsAsync(
        SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken);

    /// <summary>Reads a run, once it is terminal or the wait is up.</summary>
    ValueTask<Result<Run>> GetRunAsync(SessionKey key, RunId run, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Follows a session from behind a seq; 0 means from the beginning of its current generation. With a run: from no
    /// earlier than its acceptance.
    /// </summary>
    ValueTask<Result<ISessionSubscription>> SubscribeAsync(
        SessionKey key, long after, RunId? run, CancellationToken cancellationToken);

    /// <summary>Watches the sessions of a tenant.</summary>
    IWatch Watch(TenantId tenant, WatchSnapshot snapshot);

    /// <summary>The agents that a tenant knows, by name.</summary>
    IReadOnlyList<AgentStatus> Agents(TenantId tenant);
}
