using System.Collections.Concurrent;
using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What everybody saw. Written by many at once; read by <see cref="HistoryChecker"/> when all are done.</summary>
public sealed class History
{
    private readonly ConcurrentQueue<Observation> _observations = new();
    private readonly ConcurrentQueue<Subscribed> _subscribers = new();
    private readonly ConcurrentQueue<Watched> _watchers = new();
    private readonly ConcurrentQueue<Final> _finals = new();
    private long _moment;

    public IReadOnlyCollection<Observation> Observations => _observations;

    public IReadOnlyCollection<Subscribed> Subscribers => _subscribers;

    public IReadOnlyCollection<Watched> Watchers => _watchers;

    public IReadOnlyCollection<Final> Finals => _finals;

    /// <summary>A moment after all that were given before.</summary>
    public long Now() => Interlocked.Increment(ref _moment);

    public void Add(Observation observation) => _observations.Enqueue(observation);

    public void Add(Subscribed subscriber) => _subscribers.Enqueue(subscriber);

    public void Add(Watched watcher) => _watchers.Enqueue(watcher);

    public void Add(Final final) => _finals.Enqueue(final);

    /// <summary>A copy in which something is different.</summary>
    internal History With(
        Func<Final, Final>? final = null, Func<Subscribed, Subscribed>? subscriber = null, Func<Watched, Watched>? watcher = null,
        Func<Observation, Observation>? observation = null, Observation? more = null)
    {
        var copy = new History();
        foreach (var one in _finals)
            copy.Add(final is null ? one : final(one));

        foreach (var one in _subscribers)
            copy.Add(subscriber is null ? one : subscriber(one));

        foreach (var one in _watchers)
            copy.Add(watcher is null ? one : watcher(one));

        foreach (var one in _observations)
            copy.Add(observation is null ? one : observation(one));

        if (more is not null)
            copy.Add(more);

        return copy;
    }

    /// <summary>A get or list, issued at <paramref name="moment"/>, showed this.</summary>
    public void Saw(SessionSnapshot session, long moment)
    {
        RunId[] runs = session.ActiveRun is { } active ? [.. session.QueuedRuns, active] : [.. session.QueuedRuns];
        if (runs.Length > 0)
            Add(new Observation.SawActive(session.Key, runs, moment));
    }
}
