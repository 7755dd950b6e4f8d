using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Makes up for lost hints (invariants 31, 34): asks the store, now and then, how far the logs that somebody here listens
/// to have grown, and which sessions of a watched tenant have changed. Idle when there is no other replica.
/// </summary>
internal sealed class FeedRepair(ISessionStore store, SessionFeed feed, TimeProvider time) : IDisposable
{
    /// <summary>How far back changes are looked for again: a commit may become visible later than its time says.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<TenantId, Watched> _watched = [];
    private long _last = time.GetTimestamp();

    public async ValueTask RunOnceAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Note(feed.ListenedTenants);
            await RepairSessionsAsync(cancellationToken).ConfigureAwait(false);
            foreach (var tenant in _watched.Keys.ToArray())
                await RepairTenantAsync(tenant, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Whoever is new has come since the last look, and may have missed what happened since then.</summary>
    private void Note(IReadOnlyCollection<TenantId> tenants)
    {
        var now = time.GetTimestamp();
        foreach (var gone in _watched.Keys.Except(tenants).ToArray())
            _watched.Remove(gone);

        foreach (var tenant in tenants)
            _watched.TryAdd(tenant, new Watched(_last, null));

        _last = now;
    }

    private async ValueTask RepairSessionsAsync(CancellationToken cancellationToken)
    {
        var sessions = feed.ListenedSessions;
        if (sessions.Count == 0)
            return;

        foreach (var (key, lastSeq) in await store.ReadLastSeqsAsync(sessions, cancellationToken).ConfigureAwait(false))
            feed.Nudge(key, lastSeq);
    }

    private async ValueTask RepairTenantAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var watched = _watched[tenant];
        if (watched.Since is not { } since)
        {
            // The store's clock is not this replica's, so only how long ago it was carries over.
            var clock = await store.ReadChangedAsync(tenant, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
            since = clock.Now - time.GetElapsedTime(watched.From) - Overlap;
        }

        var changed = await store.ReadChangedAsync(tenant, since, cancellationToken).ConfigureAwait(false);
        _watched[tenant] = watched with { Since = changed.Now - Overlap };
        foreach (var session in changed.Items)
            feed.Nudge(tenant, session);
    }

    /// <summary>A watched tenant.</summary>
    /// <param name="From">A moment before the watch began, by this replica's timestamps.</param>
    /// <param name="Since">Where the next look begins, by the store's clock; null before the first.</param>
    private sealed record Watched(long From, DateTimeOffset? Since);
}
