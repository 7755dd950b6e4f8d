using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Who follows the sessions that are active on this silo: names of streams to send their events to. One that does not ask
/// again is forgotten, so what is kept is bounded by what is followed.
/// </summary>
internal sealed class Followers(TimeProvider time)
{
    private readonly ConcurrentDictionary<SessionKey, ImmutableDictionary<string, long>> _until = new();
    private long _nextSweep = time.GetTimestamp();

    public void Add(SessionKey key, string follower)
    {
        var until = time.GetTimestamp() + (long)(Following.Lease.TotalSeconds * time.TimestampFrequency);
        _until.AddOrUpdate(
            key,
            static (_, added) => ImmutableDictionary<string, long>.Empty.Add(added.follower, added.until),
            static (_, others, added) => others.SetItem(added.follower, added.until),
            (follower, until));
        Sweep();
    }

    public IEnumerable<string> Of(SessionKey key)
    {
        if (!_until.TryGetValue(key, out var followers))
            yield break;

        var now = time.GetTimestamp();
        foreach (var (follower, until) in followers)
        {
            if (until > now)
                yield return follower;
        }
    }

    private void Sweep()
    {
        var now = time.GetTimestamp();
        var next = Volatile.Read(ref _nextSweep);
        if (now < next || Interlocked.CompareExchange(ref _nextSweep, now + time.TimestampFrequency, next) != next)
            return;

        foreach (var (key, followers) in _until)
        {
            var left = followers.RemoveRange(followers.Where(follower => follower.Value <= now).Select(follower => follower.Key));
            if (left.IsEmpty)
                _until.TryRemove(KeyValuePair.Create(key, followers));
            else if (left.Count < followers.Count)
                _until.TryUpdate(key, left, followers);
        }
    }
}
