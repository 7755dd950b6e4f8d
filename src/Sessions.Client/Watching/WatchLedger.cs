using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// What a watcher has been told, so that nothing goes back and nothing is left standing that a disconnection hid
/// (invariant 34).
/// </summary>
internal sealed class WatchLedger
{
    private readonly Dictionary<string, Entry> _known = [];
    private int _round;

    /// <summary>Another snapshot begins.</summary>
    public void BeginRound() => _round++;

    /// <summary>The item to deliver for a session's state, or null when it is no news.</summary>
    public WatchItem? Take(SessionResource session)
    {
        if (session.Deleted)
        {
            return Delete(session.Id, session);
        }

        var known = _known.GetValueOrDefault(session.Id);
        if (known is { Deleted: true })
        {
            return null;
        }

        var isNews = known is null || (session.Version, session.LastSeq).CompareTo((known.Version, known.LastSeq)) > 0;
        _known[session.Id] = isNews
            ? new Entry(session.Version, session.LastSeq, _round, Deleted: false)
            : known! with { Round = _round };
        return isNews ? new SessionItem(session) : null;
    }

    /// <summary>The item to deliver for a session that is gone, or null when that is no news.</summary>
    public WatchItem? Delete(string id, SessionResource? tombstone)
    {
        if (_known.GetValueOrDefault(id) is { Deleted: true })
        {
            return null;
        }

        _known[id] = new Entry(0, 0, _round, Deleted: true);
        return new SessionDeletedItem(id, tombstone);
    }

    /// <summary>Sessions that the watcher has been told of and that this round's snapshot left out.</summary>
    public IReadOnlyList<string> Missing() =>
        [.. _known.Where(entry => !entry.Value.Deleted && entry.Value.Round < _round).Select(entry => entry.Key)];

    private sealed record Entry(long Version, long LastSeq, int Round, bool Deleted);
}
