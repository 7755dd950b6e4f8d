using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>A bus that loses the hints that a test wants lost, sent or heard.</summary>
/// <param name="bus">What carries the others.</param>
public sealed class LossyBus(IReplicaBus bus) : IReplicaBus
{
    /// <summary>True for what is to be lost.</summary>
    public Predicate<Wakeup>? Lost { get; set; }

    public bool IsShared => bus.IsShared;

    public void Post(Wakeup wakeup)
    {
        if (Lost?.Invoke(wakeup) != true)
            bus.Post(wakeup);
    }

    public void Post(Commit commit)
    {
        if (Lost?.Invoke(Wakeup.Of(commit)) != true)
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
