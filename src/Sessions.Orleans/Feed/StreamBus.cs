using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>
/// The feed between the processes of a cluster, over Orleans streams. Events of a session go to those who follow it, on a
/// stream of their own; changes go to a stream per tenant; what workers have to know goes to all. It is a hint, as every
/// bus's: what gets lost is made up for by polls (invariant 31).
/// </summary>
internal sealed class StreamBus : IReplicaBus, IAsyncDisposable
{
    private readonly Outbox _outbox = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Followers _followers;
    private readonly string _name;
    private readonly StreamHearing _hearing;
    private readonly StreamKeeper _keeper;
    private readonly StreamSender _sender;
    private readonly TenantChanges _changes;
    private Task _running = Task.CompletedTask;

    public StreamBus(
        IGrainFactory grains, IStreamProvider streams, Followers followers, TimeProvider time, TimeProvider pace, ILogger logger)
    {
        var replica = Guid.NewGuid();
        _followers = followers;
        _name = replica.ToString("n");
        _hearing = new StreamHearing(replica);
        _keeper = new StreamKeeper(grains, streams, _hearing, _name, time, logger);
        _sender = new StreamSender(streams, _outbox, replica, pace, logger);
        _changes = new TenantChanges(streams, pace, logger, _stopping.Token);
    }

    public bool IsShared => true;

    /// <summary>What else is to be done when something may have been missed.</summary>
    public Func<CancellationToken, ValueTask> RepairAsync
    {
        set => _keeper.RepairAsync = value;
    }

    /// <summary>Begins to send and to hear. Done once it hears.</summary>
    public async Task StartAsync()
    {
        await _keeper.StartAsync().ConfigureAwait(false);
        _running = Task.WhenAll(Task.Run(() => _sender.RunAsync(_stopping.Token)), Task.Run(() => _keeper.RunAsync(_stopping.Token)));
    }

    /// <summary>Looks after the subscriptions now: the cluster has changed.</summary>
    public void Renew() => _keeper.Renew();

    public void Post(Commit commit)
    {
        _outbox.Add(commit, _followers.Of(commit.Key).Where(follower => follower != _name));
        if (commit.Decided)
            _changes.Add(commit.Key, commit.LastSeq);

        if (commit.Ready is not null || commit.Signals.Length > 0)
            Post(new Wakeup(commit.Key, commit.LastSeq, false, commit.Ready, commit.Signals));
    }

    public void Post(Wakeup wakeup) => _outbox.Add(wakeup);

    public void Post(WorkerNews news) => _outbox.Add(news);

    public IDisposable Listen(Action<Wakeup> heard) => _hearing.Listen(heard);

    public IDisposable ListenToCommits(Action<Commit> heard) => _hearing.Listen(heard);

    public IDisposable ListenToWorkers(Action<WorkerNews> heard) => _hearing.Listen(heard);

    public IDisposable Follow(SessionKey key) => _keeper.Followed.Enter(key);

    public IDisposable Watch(TenantId tenant) => _keeper.Watching.Enter(tenant);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }
}
