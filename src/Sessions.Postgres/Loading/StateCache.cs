using System.Collections.Concurrent;
using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>
/// Sessions as they were loaded or committed last. Of a session at a version, all is fixed but what output moves (the
/// last seq, the lease, whether there is output), and that is taken from the database at the commit: so whatever is in
/// here under the version that was decided on is right, however old it is. Bounded: when the younger half is full, the
/// older half is forgotten.
/// </summary>
/// <param name="capacity">How many sessions.</param>
/// <param name="characters">How many characters of waiting messages.</param>
internal sealed class StateCache(int capacity, long characters)
{
    private readonly Lock _turning = new();
    private ConcurrentDictionary<SessionKey, SessionState> _young = new();
    private ConcurrentDictionary<SessionKey, SessionState> _old = new();
    private int _count;
    private long _characters;

    public SessionState? Find(SessionKey key)
    {
        if (_young.TryGetValue(key, out var state) || _old.TryGetValue(key, out state))
            return state;

        return null;
    }

    public void Put(SessionState state)
    {
        if (state.Version == 0)
            return;

        var young = _young;
        var isNew = !young.TryGetValue(state.Key, out var known);
        if (isNew && _old.TryGetValue(state.Key, out known) && known.Version > state.Version)
            return;

        var newest = young.AddOrUpdate(
            state.Key, static (_, given) => given, static (_, known, given) => known.Version >= given.Version ? known : given, state);
        if (!ReferenceEquals(newest, state))
            return;

        // What is replaced counts too: the bound is met earlier, never later.
        if ((isNew && Interlocked.Increment(ref _count) > capacity / 2)
            || Interlocked.Add(ref _characters, Weight(state)) > characters / 2)
        {
            Turn(young);
        }
    }

    private void Turn(ConcurrentDictionary<SessionKey, SessionState> full)
    {
        lock (_turning)
        {
            if (!ReferenceEquals(full, _young))
                return;

            _old = full;
            _young = new();
            _count = 0;
            _characters = 0;
        }
    }

    private static long Weight(SessionState state)
    {
        var weight = (state.Active?.Input.Length ?? 0) + (state.Title?.Length ?? 0);
        foreach (var run in state.Queue)
            weight += run.Input.Length;

        foreach (var (key, value) in state.Metadata)
            weight += key.Length + value.Length;

        return weight;
    }
}
