using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Makes up for lost hints (invariant 31): asks the store, now and then, how far the logs that somebody here listens to
/// have grown, and which sessions of a watched tenant have changed. Idle when there is no other replica.
/// </summary>
internal sealed class FeedRepair(ISessionStore store, SessionFeed feed)
{
    /// <summary>How far back changes are looked for again: a commit may become visible later than its time says.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TenantId, DateTimeOffset> _seen = [];

    public async ValueTask RunOnceAsync(CancellationToken cancellationToken)
    {
        var sessions = feed.ListenedSessions;
        if (sessions.Count > 0)
        {
            foreach (var (key, lastSeq) in await store.ReadLastSeqsAsync(sessions, cancellationToken).ConfigureAwait(false))
                feed.Nudge(key, lastSeq);
        }

        var tenants = feed.ListenedTenants;
        foreach (var gone in _seen.Keys.Except(tenants).ToArray())
            _seen.Remove(gone);

        foreach (var tenant in tenants)
        {
            // The first look only takes the time: what changed before somebody watched is in the watch's own list.
            var since = _seen.GetValueOrDefault(tenant, DateTimeOffset.MaxValue);
            var changed = await store.ReadChangedAsync(tenant, since, cancellationToken).ConfigureAwait(false);
            _seen[tenant] = changed.Now - Overlap;
            foreach (var session in changed.Items)
                feed.Nudge(tenant, session);
        }
    }
}
