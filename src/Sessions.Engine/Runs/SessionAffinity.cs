using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Remembers which worker last ran a session, of the starts that this replica committed: what the worker has kept of the
/// session may spare it work. Bounded: of many sessions, those that ran long ago are forgotten.
/// </summary>
internal sealed class SessionAffinity
{
    internal const int Capacity = 8192;

    private readonly Lock _gate = new();
    private Dictionary<SessionKey, WorkerId> _recent = [];
    private Dictionary<SessionKey, WorkerId> _older = [];

    public void Remember(SessionKey key, WorkerId worker)
    {
        lock (_gate)
        {
            if (_recent.Count >= Capacity)
                (_older, _recent) = (_recent, []);

            _recent[key] = worker;
        }
    }

    public WorkerId? Of(SessionKey key)
    {
        lock (_gate)
        {
            return _recent.TryGetValue(key, out var worker) || _older.TryGetValue(key, out worker) ? worker : null;
        }
    }
}
