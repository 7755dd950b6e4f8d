using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// The feed between the processes of a cluster, over Orleans streams. Events of a session go to those who follow it, on a
/// stream of their own; changes go to a stream per tenant; what workers have to know goes to all. It is a hint, as every
/// bus's: what gets lost is made up for by polls (invariant 31).
/// </summary>
internal sealed class StreamBus : IReplicaBus, IAsyncDisposable
{
    private const string NewsNamespace = "session-news";
    private static readonly StreamId News = StreamId.Create(NewsNamespace, "all");

    private readonly Guid _replica = Guid.NewGuid();
    private readonly Outbox _outbox = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _keeping = new();
    private readonly ConcurrentDictionary<TenantId, LastingSubscription<SessionsChanged>> _watched = new();
    private readonly Interests<SessionKey> _followed;
    private readonly Interests<TenantId> _watching;
    private readonly ConcurrentQueue<SessionKey> _toFollow = new();
    private readonly IGrainFactory _grains;
    private readonly IStreamProvider _streams;
    private readonly Followers _followers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LastingSubscription<SessionEvents> _events;
    private readonly LastingSubscription<ReplicaNews> _news;
    private Action<Wakeup> _heard = static _ => { };
    private Action<Commit> _heardCommit = static _ => { };
    private Action<WorkerNews> _heardOfWorkers = static _ => { };
    private Task _running = Task.CompletedTask;

    public StreamBus(IGrainFactory grains, IStreamProvider streams, Followers followers, TimeProvider time, ILogger logger)
    {
        _grains = grains;
        _streams = streams;
        _followers = followers;
        _time = time;
        _logger = logger;
        _followed = new Interests<SessionKey>(key =>
        {
            _toFollow.Enqueue(key);
            _keeping.Set();
        });
        _watching = new Interests<TenantId>(_ => _keeping.Set());
        _events = new LastingSubscription<SessionEvents>(streams, SessionStreams.EventsFor(Name), HearEvents);
        _news = new LastingSubscription<ReplicaNews>(streams, News, HearNews);
    }

    public bool IsShared => true;

    /// <summary>What else is to be done when something may have been missed.</summary>
    public Func<CancellationToken, ValueTask> RepairAsync { private get; set; } = static _ => ValueTask.CompletedTask;

    private string Name => _replica.ToString("n");

    /// <summary>Begins to send and to hear. Done once it hears.</summary>
    public async Task StartAsync()
    {
        await _news.KeepAsync().ConfigureAwait(false);
        await _events.KeepAsync().ConfigureAwait(false);
        _running = Task.WhenAll(Task.Run(SendAsync), Task.Run(KeepAsync));
    }

    /// <summary>Looks after the subscriptions now: the cluster has changed.</summary>
    public void Renew()
    {
        foreach (var key in _followed.Keys)
            _toFollow.Enqueue(key);

        _keeping.Set();
    }

    public void Post(Commit commit)
    {
        _outbox.Add(commit, _followers.Of(commit.Key).Where(follower => follower != Name));
        if (commit.Ready is not null || commit.Signals.Length > 0)
            Post(new Wakeup(commit.Key, commit.LastSeq, false, commit.Ready, commit.Signals));
    }

    public void Post(Wakeup wakeup) => _outbox.Add(wakeup);

    public void Post(WorkerNews news) => _outbox.Add(news);

    public IDisposable Listen(Action<Wakeup> heard)
    {
        _heard = heard;
        return new Hearing(() => _heard = static _ => { });
    }

    public IDisposable ListenToCommits(Action<Commit> heard)
    {
        _heardCommit = heard;
        return new Hearing(() => _heardCommit = static _ => { });
    }

    public IDisposable ListenToWorkers(Action<WorkerNews> heard)
    {
        _heardOfWorkers = heard;
        return new Hearing(() => _heardOfWorkers = static _ => { });
    }

    public IDisposable Follow(SessionKey key) => _followed.Enter(key);

    public IDisposable Watch(TenantId tenant) => _watching.Enter(tenant);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private Task HearEvents(SessionEvents events)
    {
        _heardCommit(new Commit(events.Key, events.Records));
        return Task.CompletedTask;
    }

    private Task HearNews(ReplicaNews news)
    {
        if (news.Sender == _replica)
            return Task.CompletedTask;

        foreach (var hint in news.Hints)
            _heard(hint.Read());

        if (news.Asks || news.Present.Length > 0)
        {
            _heardOfWorkers(new WorkerNews(
                [.. news.Present.Select(worker => new WorkerPresence(worker.Tenant, worker.Worker, worker.Agent))], news.Asks));
        }

        return Task.CompletedTask;
    }

    private Task HearChanges(TenantId tenant, SessionsChanged changed)
    {
        foreach (var item in changed.Items)
            _heard(new Wakeup(new SessionKey(tenant, item.Session), item.LastSeq, true, null, []));

        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var parcel = await _outbox.TakeAsync(_stopping.Token).ConfigureAwait(false);
                await Task.WhenAll(Sending(parcel)).WaitAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.SendingFailed(exception);
            }
        }
    }

    private IEnumerable<Task> Sending(Outbox.Parcel parcel)
    {
        foreach (var (follower, events) in parcel.Events)
            yield return _streams.GetStream<SessionEvents>(SessionStreams.EventsFor(follower)).OnNextBatchAsync(events);

        foreach (var (tenant, sessions) in parcel.Changes)
        {
            var changed = new SessionsChanged([.. sessions.Select(entry => new SessionChanged(entry.Key, entry.Value))]);
            yield return _streams.GetStream<SessionsChanged>(SessionStreams.ChangesOf(tenant)).OnNextAsync(changed);
        }

        if (parcel.HasNews)
            yield return _streams.GetStream<ReplicaNews>(News).OnNextAsync(parcel.News(_replica));
    }

    private async Task KeepAsync()
    {
        using var renewals = _time.CreateTimer(_ => _keeping.Set(), null, Following.Renewal, Following.Renewal);
        var renewed = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _keeping.WaitAsync(_stopping.Token).ConfigureAwait(false);
                if (_time.GetElapsedTime(renewed) >= Following.Renewal)
                {
                    renewed = _time.GetTimestamp();
                    await KeepOwnAsync().ConfigureAwait(false);
                }

                await FollowAsync().ConfigureAwait(false);
                await WatchAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.SubscribingFailed(exception);
            }
        }
    }

    private async Task KeepOwnAsync()
    {
        foreach (var key in _followed.Keys)
            _toFollow.Enqueue(key);

        await _news.KeepAsync().ConfigureAwait(false);
        await _events.KeepAsync().ConfigureAwait(false);
        foreach (var watched in _watched.Values)
            await watched.KeepAsync().ConfigureAwait(false);
    }

    /// <summary>Asks the owners for their events. What was committed before they heard of it is looked up.</summary>
    private async Task FollowAsync()
    {
        var asking = new List<Task>();
        while (_toFollow.TryDequeue(out var key))
        {
            if (_followed.Has(key))
                asking.Add(FollowAsync(key));
        }

        await Task.WhenAll(asking).ConfigureAwait(false);
    }

    private async Task FollowAsync(SessionKey key)
    {
        var lastSeq = await _grains.GetGrain<ISessionGrain>(key.ToString()).FollowAsync(Name).WaitAsync(_stopping.Token).ConfigureAwait(false);
        if (lastSeq > 0)
            _heard(new Wakeup(key, lastSeq, false, null, []));
    }

    private async Task WatchAsync()
    {
        foreach (var tenant in _watching.Keys)
        {
            if (_watched.ContainsKey(tenant))
                continue;

            var subscription = new LastingSubscription<SessionsChanged>(
                _streams, SessionStreams.ChangesOf(tenant), changed => HearChanges(tenant, changed));
            await subscription.KeepAsync().ConfigureAwait(false);
            _watched[tenant] = subscription;
            await RepairAsync(_stopping.Token).ConfigureAwait(false);
        }

        foreach (var (tenant, subscription) in _watched)
        {
            if (!_watching.Has(tenant) && _watched.TryRemove(tenant, out _))
                await subscription.EndAsync().ConfigureAwait(false);
        }
    }

    private sealed class Hearing(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
