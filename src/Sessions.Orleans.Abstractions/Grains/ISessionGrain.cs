using System.Collections.Immutable;
using Orleans.Concurrency;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>
/// A session, keyed <c>tenant/session</c>. Its one activation takes all decisions about it; what only reads does not wait
/// for them. Answers are as true as the store's: a duplicate activation loses a race and changes nothing.
/// </summary>
/// <exception cref="SessionsUnavailableException">Thrown by every method when the store can't be reached.</exception>
[Alias("sessions.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Creates the session, or agrees that it exists as asked for.</summary>
    [Alias("Create")]
    Task<Reply<SessionOutcome>> CreateAsync(CreateRequest request);

    /// <summary>Reads the session.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<Reply<SessionSnapshot>> GetAsync();

    /// <summary>Changes what is not null.</summary>
    [Alias("Update")]
    Task<Reply<SessionSnapshot>> UpdateAsync(string? title, ImmutableDictionary<string, string>? metadata);

    /// <summary>Aborts every run and begins a new generation.</summary>
    [Alias("Reset")]
    Task<Reply<SessionSnapshot>> ResetAsync();

    /// <summary>Aborts every run and deletes the session; agrees when it was deleted before.</summary>
    [Alias("Delete")]
    Task<Reply<SessionSnapshot>> DeleteAsync();

    /// <summary>Sends a message; the session is created if it is absent.</summary>
    [Alias("Send")]
    Task<Reply<SendOutcome>> SendAsync(SendRequest request);

    /// <summary>Aborts one run, or all of them.</summary>
    [Alias("Abort")]
    Task<Reply<AbortOutcome>> AbortAsync(AbortRequest request);

    /// <summary>Reads a run.</summary>
    [AlwaysInterleave, Alias("GetRun")]
    Task<Reply<Run>> GetRunAsync(RunId run);

    /// <summary>Lists the runs queued before a seq (all when null), newest first.</summary>
    [AlwaysInterleave, Alias("ListRuns")]
    Task<Reply<RunPage>> ListRunsAsync(long? beforeSeq, int max);

    /// <summary>Reads the log behind a seq; 0 means from its beginning.</summary>
    [AlwaysInterleave, Alias("ReadLog")]
    Task<Reply<LogPage>> ReadLogAsync(long after, int max);

    /// <summary>
    /// Has the session's events sent on the follower's stream (<see cref="SessionStreams.EventsFor"/>) for the next
    /// <see cref="Following.Lease"/>; call it again to go on. To follow: subscribe to the stream, call this, read the log up
    /// to what it gives, then take from the stream what lies behind that; on a gap in the seqs, and now and then in silence,
    /// read the log again.
    /// </summary>
    /// <param name="follower">The stream's key: one for each process that follows, whichever sessions it follows.</param>
    /// <returns>The seq of the newest record; 0 when the session does not exist.</returns>
    [AlwaysInterleave, Alias("Follow")]
    Task<long> FollowAsync(string follower);
}

/// <summary>The sessions of a tenant, which is the key.</summary>
/// <exception cref="SessionsUnavailableException">Thrown by every method when the store can't be reached.</exception>
[Alias("sessions.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Lists sessions; null when the request's cursor is none that was given.</summary>
    [Alias("List")]
    Task<SessionPage?> ListAsync(ListRequest request);
}
