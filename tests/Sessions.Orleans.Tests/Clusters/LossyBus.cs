using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans.Tests;

/// <summary>The bus, losing what a test wants lost.</summary>
internal sealed class LossyBus(IReplicaBus bus) : IReplicaBus
{
    public Predicate<Wakeup>? Lost { get; set; }

    public bool IsShared => bus.IsShared;

    public void Post(Wakeup wakeup)
    {
        if (Lost?.Invoke(wakeup) != true)
            bus.Post(wakeup);
    }

    public void Post(Commit commit)
    {
        if (Lost?.Invoke(new Wakeup(commit.Key, commit.LastSeq, commit.Decided, commit.Ready, commit.Signals)) != true)
            bus.Post(commit);
    }

    public void Post(WorkerNews news) => bus.Post(news);

    public IDisposable Listen(Action<Wakeup> heard) => bus.Listen(wakeup =>
    {
        if (Lost?.Invoke(wakeup) != true)
            heard(wakeup);
    });

    public IDisposable? ListenToCommits(Action<Commit> heard) => bus.ListenToCommits(heard);

    public IDisposable ListenToWorkers(Action<WorkerNews> heard) => bus.ListenToWorkers(heard);

    public IDisposable? Follow(SessionKey key) => bus.Follow(key);

    public IDisposable? Watch(TenantId tenant) => bus.Watch(tenant);
}
