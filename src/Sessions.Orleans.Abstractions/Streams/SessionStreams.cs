using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>
/// The streams that sessions go out on, by the stream provider <see cref="Provider"/>. They carry what was committed, after
/// the commit. A stream may lose an item, bring it twice or out of order: the log has it, by seq.
/// </summary>
public static class SessionStreams
{
    /// <summary>The stream provider's name.</summary>
    public const string Provider = "sessions";

    /// <summary>
    /// Namespace of the streams that followers name to <see cref="ISessionGrain.FollowAsync"/>, with
    /// <see cref="SessionEvents"/> on them: one for each follower, whichever sessions it follows.
    /// </summary>
    public const string Events = "session-events";

    /// <summary>Namespace of the streams of a tenant's changes, keyed by tenant, with <see cref="SessionsChanged"/> on them.</summary>
    public const string Changes = "session-changed";

    /// <summary>A follower's stream.</summary>
    public static StreamId EventsFor(string follower) => StreamId.Create(Events, follower);

    /// <summary>The stream of a tenant's changes.</summary>
    public static StreamId ChangesOf(TenantId tenant) => StreamId.Create(Changes, tenant.Value);
}
