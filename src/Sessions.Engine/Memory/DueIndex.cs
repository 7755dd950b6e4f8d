using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// When to look at which session. An entry may be early, since leases are extended all the time and nobody moves it; then
/// it is put back. It is never late.
/// </summary>
internal sealed class DueIndex
{
    /// <summary>How long a session that was found due is left to its finder.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long an entry waits at most before its session is looked at again. Entries are never taken out early, so that
    /// those of distant deadlines would pile up.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<MemorySession, long> _due = new();

    /// <summary>Called under the session's gate after each decision.</summary>
    public void Changed(MemorySession session)
    {
        if (session.State.NextDue() is not { } due)
            return;

        var latest = session.State.UpdatedAt + Longest;
        lock (_gate)
            Schedule(session, due < latest ? due : latest);
    }

    public IReadOnlyList<SessionKey> Take(DateTimeOffset now, int max)
    {
        var keys = new List<SessionKey>();
        lock (_gate)
        {
            while (keys.Count < max && _due.TryPeek(out var session, out var at) && at <= now.UtcTicks)
            {
                _due.Dequeue();
                if (session.Places.DueAt != at)
                    continue;

                session.Places.DueAt = long.MaxValue;
                if (session.State.NextDue() is not { } due)
                    continue;

                if (due <= now)
                    keys.Add(session.State.Key);

                Schedule(session, due <= now ? now + Again : due < now + Longest ? due : now + Longest);
            }
        }

        return keys;
    }

    private void Schedule(MemorySession session, DateTimeOffset due)
    {
        if (due.UtcTicks >= session.Places.DueAt)
            return;

        session.Places.DueAt = due.UtcTicks;
        _due.Enqueue(session, due.UtcTicks);
    }
}
