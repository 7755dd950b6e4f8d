using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Hints that wait to be sent, one per session: later ones are merged into earlier ones. Bounded.</summary>
internal sealed class PendingWakeups
{
    internal const int Capacity = 8192;

    private readonly Lock _gate = new();
    private Dictionary<SessionKey, Wakeup> _pending = [];

    /// <summary>Adds one. When there is no room it is dropped: the other replicas' polls make up for it.</summary>
    /// <returns>True when it is the first.</returns>
    public bool Add(Wakeup wakeup)
    {
        lock (_gate)
        {
            var isFirst = _pending.Count == 0;
            if (_pending.TryGetValue(wakeup.Key, out var earlier))
                _pending[wakeup.Key] = Merge(earlier, wakeup);
            else if (_pending.Count < Capacity)
                _pending.Add(wakeup.Key, wakeup);

            return isFirst;
        }
    }

    public IReadOnlyCollection<Wakeup> TakeAll()
    {
        lock (_gate)
        {
            var all = _pending;
            _pending = [];
            return all.Values;
        }
    }

    private static Wakeup Merge(Wakeup earlier, Wakeup later) => new(
        later.Key,
        Math.Max(earlier.LastSeq, later.LastSeq),
        earlier.Decided || later.Decided,
        later.Ready ?? earlier.Ready,
        later.Signals.IsEmpty ? earlier.Signals : earlier.Signals.AddRange(later.Signals));
}
