using System.Globalization;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>A tenant's sessions by newest change, and those of them that have a run.</summary>
internal sealed class ChangeIndex(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<MemorySession> _all = new();
    private readonly LinkedList<MemorySession> _active = new();
    private long _change;
    private DateTimeOffset _changedAt;

    /// <summary>Called under the session's gate after each decision.</summary>
    public void Changed(MemorySession session)
    {
        var places = session.Places;
        var active = session.State.HasActiveRun;
        lock (_gate)
        {
            // By the commit, not by the decision: only so does the list's order agree with its times.
            var now = time.GetUtcNow();
            places.ChangedAt = _changedAt = now > _changedAt ? now : _changedAt;
            places.Change = ++_change;
            places.Changed = ToFront(_all, places.Changed, session);
            if (active)
            {
                places.Active = ToFront(_active, places.Active, session);
            }
            else if (places.Active is { } place)
            {
                _active.Remove(place);
                places.Active = null;
            }
        }
    }

    public SessionList? List(SessionQuery query)
    {
        var before = long.MaxValue;
        if (query.Cursor is not null
            && !long.TryParse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return null;
        }

        var items = new List<SessionSnapshot>();
        var last = 0L;
        lock (_gate)
        {
            for (var place = (query.Active == true ? _active : _all).First; place is not null; place = place.Next)
            {
                var change = place.Value.Places.Change;
                var state = place.Value.State;
                if (change >= before || !query.Matches(state))
                    continue;

                if (items.Count == query.Limit)
                    return new SessionList(items, last.ToString(CultureInfo.InvariantCulture));

                items.Add(SessionSnapshot.Of(state));
                last = change;
            }
        }

        return new SessionList(items, null);
    }

    public IReadOnlyList<SessionId> Since(DateTimeOffset since)
    {
        var sessions = new List<SessionId>();
        lock (_gate)
        {
            for (var place = _all.First; place is not null && place.Value.Places.ChangedAt >= since; place = place.Next)
                sessions.Add(place.Value.State.Key.Session);
        }

        return sessions;
    }

    private static LinkedListNode<MemorySession> ToFront(
        LinkedList<MemorySession> list, LinkedListNode<MemorySession>? place, MemorySession session)
    {
        if (place is null)
            return list.AddFirst(session);

        if (list.First != place)
        {
            list.Remove(place);
            list.AddFirst(place);
        }

        return place;
    }
}
