using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// A watcher's end of the feed: the sessions that changed since it last looked. It holds names, not snapshots, so that it
/// is small, and what a watcher then reads is the newest there is (invariant 34).
/// </summary>
internal sealed class ChangeListener : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Signal _signal = new();
    private HashSet<SessionId> _changed = [];

    public Action? Detaching { private get; set; }

    public void Offer(SessionId session)
    {
        lock (_gate)
        {
            if (!_changed.Add(session))
                return;
        }

        _signal.Set();
    }

    public void Wake() => _signal.Set();

    /// <summary>The sessions that changed, at most <paramref name="max"/>; the others stay.</summary>
    public IReadOnlyCollection<SessionId> Take(int max)
    {
        lock (_gate)
        {
            if (_changed.Count == 0)
                return [];

            if (_changed.Count <= max)
            {
                var all = _changed;
                _changed = [];
                return all;
            }

            SessionId[] some = [.. _changed.Take(max)];
            foreach (var session in some)
                _changed.Remove(session);

            return some;
        }
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(cancellationToken);

    public void Dispose() => Detaching?.Invoke();
}
