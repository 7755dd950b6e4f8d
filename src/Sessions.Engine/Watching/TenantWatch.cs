using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Attach to the feed first, then list, then follow. Each piece is read from the store after the one before it was
/// given, so versions can't go back (invariant 34).
/// </summary>
internal sealed class TenantWatch(ISessionStore store, ChangeListener listener, TenantId tenant, WatchSnapshot snapshot) : IWatch
{
    private const int PageSize = 256;
    private const int Remembered = 4096;

    // The versions given last, as far as memory is bounded: a hint that comes twice gives a snapshot once.
    private readonly Dictionary<SessionId, long> _given = [];

    private string? _cursor;
    private bool _listed = snapshot == WatchSnapshot.None;
    private bool _synchronized;
    private bool _woken;

    public async ValueTask<WatchItem?> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_listed)
        {
            if (New(await ListAsync(cancellationToken).ConfigureAwait(false)) is { Count: > 0 } page)
                return new WatchItem.Sessions(page);
        }

        if (!_synchronized)
        {
            _synchronized = true;
            return new WatchItem.Synchronized();
        }

        while (true)
        {
            while (listener.Take(PageSize) is { Count: > 0 } changed)
            {
                if (New(await ReadAsync(changed, cancellationToken).ConfigureAwait(false)) is { Count: > 0 } page)
                    return new WatchItem.Sessions(page);
            }

            // A change that was taken before anybody waited is no wake-up.
            if (Interlocked.Exchange(ref _woken, false))
                return null;

            await listener.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Wake()
    {
        Volatile.Write(ref _woken, true);
        listener.Wake();
    }

    public void Dispose() => listener.Dispose();

    private async ValueTask<IReadOnlyList<SessionSnapshot>> ReadAsync(
        IReadOnlyCollection<SessionId> changed, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadSessionsAsync(tenant, changed, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // They are still to be given: by the next read, if there is one.
            foreach (var session in changed)
                listener.Offer(session);

            throw;
        }
    }

    private List<SessionSnapshot> New(IReadOnlyList<SessionSnapshot> read)
    {
        if (_given.Count > Remembered)
            _given.Clear();

        var items = new List<SessionSnapshot>(read.Count);
        foreach (var session in read)
        {
            if (_given.TryGetValue(session.Key.Session, out var version) && version >= session.Version)
                continue;

            _given[session.Key.Session] = session.Version;
            items.Add(session);
        }

        return items;
    }

    private async ValueTask<IReadOnlyList<SessionSnapshot>> ListAsync(CancellationToken cancellationToken)
    {
        bool? active = snapshot == WatchSnapshot.Active ? true : null;
        var page = await store.ListSessionsAsync(new SessionQuery(tenant, null, active, null, PageSize, _cursor), cancellationToken)
            .ConfigureAwait(false) ?? throw new InvalidOperationException("The store does not know its own cursor.");
        _cursor = page.Next;
        _listed = _cursor is null;
        return page.Items;
    }
}
