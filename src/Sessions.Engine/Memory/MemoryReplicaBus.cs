namespace Sessions.Engine;

/// <summary>
/// The bus of several replicas in one process, over one memory store. <see cref="Lossy"/> makes it lose hints, which a
/// real one may do at any time.
/// </summary>
public sealed class MemoryReplicaBus
{
    private readonly Lock _gate = new();
    private Port[] _ports = [];

    /// <summary>Decides which hints are lost; null loses none.</summary>
    public Predicate<Wakeup>? Lossy { get; set; }

    /// <summary>Connects one more replica.</summary>
    public IReplicaBus Connect()
    {
        var port = new Port(this);
        lock (_gate)
            _ports = [.. _ports, port];

        return port;
    }

    private void Deliver(Port from, Wakeup wakeup)
    {
        if (Lossy?.Invoke(wakeup) == true)
            return;

        foreach (var port in _ports)
        {
            if (!ReferenceEquals(port, from))
                port.Heard?.Invoke(wakeup);
        }
    }

    private void Deliver(Port from, WorkerNews news)
    {
        foreach (var port in _ports)
        {
            if (!ReferenceEquals(port, from))
                port.HeardOfWorkers?.Invoke(news);
        }
    }

    private sealed class Port(MemoryReplicaBus bus) : IReplicaBus
    {
        public Action<Wakeup>? Heard { get; private set; }

        public Action<WorkerNews>? HeardOfWorkers { get; private set; }

        public bool IsShared => true;

        public void Post(Wakeup wakeup) => bus.Deliver(this, wakeup);

        public void Post(WorkerNews news) => bus.Deliver(this, news);

        public IDisposable Listen(Action<Wakeup> heard)
        {
            Heard = heard;
            return new Hearing(() => Heard = null);
        }

        public IDisposable ListenToWorkers(Action<WorkerNews> heard)
        {
            HeardOfWorkers = heard;
            return new Hearing(() => HeardOfWorkers = null);
        }

        private sealed class Hearing(Action leave) : IDisposable
        {
            public void Dispose() => leave();
        }
    }
}
