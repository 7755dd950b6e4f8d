using Sessions.Engine;

namespace Sessions.Postgres.Tests;

/// <summary>The bus, losing what a test wants lost.</summary>
internal sealed class LossyBus(PostgresReplicaBus bus) : IReplicaBus
{
    public Predicate<Wakeup>? Lost { get; set; }

    public bool IsShared => bus.IsShared;

    public void Post(Wakeup wakeup)
    {
        if (Lost?.Invoke(wakeup) != true)
            bus.Post(wakeup);
    }

    public void Post(WorkerNews news) => bus.Post(news);

    public IDisposable ListenToWorkers(Action<WorkerNews> heard) => bus.ListenToWorkers(heard);

    public IDisposable Listen(Action<Wakeup> heard) => bus.Listen(wakeup =>
    {
        if (Lost?.Invoke(wakeup) != true)
            heard(wakeup);
    });
}
