using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Keeps up the subscriptions of this process: to its own stream with the events of the sessions it follows, to the changes
/// of the tenants it watches, and to the news. What is asked of a silo is asked again when the cluster has changed, and now
/// and then.
/// </summary>
internal sealed class StreamKeeper
{
    private const int StartAttempts = 10;

    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(1);

    private readonly Signal _keeping = new();
    private readonly ConcurrentQueue<SessionKey> _toFollow = new();
    private readonly ConcurrentDictionary<TenantId, LastingSubscription<SessionsChanged>> _watched = new();
    private readonly IGrainFactory _grains;
    private readonly IStreamProvider _streams;
    private readonly StreamHearing _hearing;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly LastingSubscription<SessionEvents> _events;
    private readonly LastingSubscription<ReplicaNews> _news;

    public StreamKeeper(
        IGrainFactory grains, IStreamProvider streams, StreamHearing hearing, string name, TimeProvider time, ILogger logger)
    {
        (_grains, _streams, _hearing, _name, _time, _logger) = (grains, streams, hearing, name, time, logger);
        _events = new LastingSubscription<SessionEvents>(streams, SessionStreams.EventsFor(name), hearing.HearAsync);
        _news = new LastingSubscription<ReplicaNews>(streams, StreamSender.News, hearing.HearAsync);
        Followed = new Interests<SessionKey>(key =>
        {
            _toFollow.Enqueue(key);
            _keeping.Set();
        });
        Watching = new Interests<TenantId>(_ => _keeping.Set());
    }

    /// <summary>The sessions that somebody follows here.</summary>
    public Interests<SessionKey> Followed { get; }

    /// <summary>The tenants that somebody watches here.</summary>
    public Interests<TenantId> Watching { get; }

    /// <summary>What else is to be done when something may have been missed.</summary>
    public Func<CancellationToken, ValueTask> RepairAsync { private get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>Looks after all of it now: the cluster has changed.</summary>
    public void Renew()
    {
        FollowAgain();
        _keeping.Set();
    }

    /// <summary>
    /// Subscribes to what every process hears. The silo that is asked may have died just now: it is asked again, for longer than
    /// the others take to find that out.
    /// </summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SubscribeAsync().ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (attempt < StartAttempts && exception is (TimeoutException or OrleansException))
            {
                _logger.SubscribingFailed(exception);
                await Task.Delay(StartPause, _time).ConfigureAwait(false);
            }
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using var renewals = _time.CreateTimer(_ => _keeping.Set(), null, Following.Renewal, Following.Renewal);
        var renewed = _time.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _keeping.WaitAsync(stopping).ConfigureAwait(false);
                if (_time.GetElapsedTime(renewed) >= Following.Renewal)
                {
                    renewed = _time.GetTimestamp();
                    await KeepAsync().ConfigureAwait(false);
                }

                await FollowAsync(stopping).ConfigureAwait(false);
                await WatchAsync(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.SubscribingFailed(exception);
            }
        }
    }

    private async Task KeepAsync()
    {
        FollowAgain();
        await SubscribeAsync().ConfigureAwait(false);
        foreach (var watched in _watched.Values)
            await watched.KeepAsync().ConfigureAwait(false);
    }

    private async Task SubscribeAsync()
    {
        await _news.KeepAsync().ConfigureAwait(false);
        await _events.KeepAsync().ConfigureAwait(false);
    }

    private void FollowAgain()
    {
        foreach (var key in Followed.Keys)
            _toFollow.Enqueue(key);
    }

    /// <summary>Asks the owners for their events. What was committed before they heard of it is looked up.</summary>
    private async Task FollowAsync(CancellationToken stopping)
    {
        var asking = new List<Task>();
        while (_toFollow.TryDequeue(out var key))
        {
            if (Followed.Has(key))
                asking.Add(FollowAsync(key, stopping));
        }

        await Task.WhenAll(asking).ConfigureAwait(false);
    }

    private async Task FollowAsync(SessionKey key, CancellationToken stopping)
    {
        var lastSeq = await _grains.GetGrain<ISessionGrain>(key.ToString()).FollowAsync(_name).WaitAsync(stopping).ConfigureAwait(false);
        if (lastSeq > 0)
            _hearing.Reached(key, lastSeq);
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        foreach (var tenant in Watching.Keys)
        {
            if (_watched.ContainsKey(tenant))
                continue;

            var subscription = new LastingSubscription<SessionsChanged>(
                _streams, SessionStreams.ChangesOf(tenant), changed => _hearing.HearAsync(tenant, changed));
            await subscription.KeepAsync().ConfigureAwait(false);
            _watched[tenant] = subscription;
            await RepairAsync(stopping).ConfigureAwait(false);
        }

        foreach (var (tenant, subscription) in _watched)
        {
            if (!Watching.Has(tenant) && _watched.TryRemove(tenant, out _))
                await subscription.EndAsync().ConfigureAwait(false);
        }
    }
}
