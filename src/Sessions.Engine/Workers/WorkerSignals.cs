namespace Sessions.Engine;

/// <summary>What a worker hears: which of its runs to stop.</summary>
public interface IWorkerSignals : IDisposable
{
    /// <summary>
    /// The next signals; waits for one. Empty when it was woken by <see cref="Wake"/> and there are none. One reader at a
    /// time.
    /// </summary>
    ValueTask<IReadOnlyList<WorkerSignal>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes a waiting or the next <see cref="ReadAsync"/> return.</summary>
    void Wake();
}

/// <summary>
/// A bounded buffer. A signal is a hint: when the buffer is full the oldest is dropped, and its worker learns of it by its
/// next report.
/// </summary>
internal sealed class WorkerSignals(IDisposable visit, Action<WorkerSignals> detach) : IWorkerSignals
{
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<WorkerSignal> _signals = new();
    private readonly Signal _signal = new();
    private bool _woken;

    public void Offer(WorkerSignal signal)
    {
        lock (_gate)
        {
            if (_signals.Count >= Capacity)
                _signals.Dequeue();

            _signals.Enqueue(signal);
        }

        _signal.Set();
    }

    public async ValueTask<IReadOnlyList<WorkerSignal>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Take() is { Length: > 0 } ready)
                return ready;

            // What was taken before anybody waited has left its mark on the signal: that is no wake-up.
            if (Interlocked.Exchange(ref _woken, false))
                return [];

            await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Wake()
    {
        Volatile.Write(ref _woken, true);
        _signal.Set();
    }

    public void Dispose()
    {
        detach(this);
        visit.Dispose();
    }

    private WorkerSignal[] Take()
    {
        lock (_gate)
        {
            if (_signals.Count == 0)
                return [];

            WorkerSignal[] all = [.. _signals];
            _signals.Clear();
            return all;
        }
    }
}
