using System.Diagnostics.CodeAnalysis;

namespace Sessions.Engine;

/// <summary>
/// A subscriber's end of the live feed: a bounded buffer. When it is full everything in it is dropped, and the subscriber
/// reads the log instead (invariant 32).
/// </summary>
internal sealed class LogListener : IDisposable
{
    internal const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Commit> _commits = new();
    private readonly Signal _signal = new();
    private long _lastSeq;

    public Action? Detaching { private get; set; }

    /// <summary>How far the log is known to reach.</summary>
    public long LastSeq => Volatile.Read(ref _lastSeq);

    public void Offer(Commit commit)
    {
        lock (_gate)
        {
            if (_commits.Count >= Capacity)
                _commits.Clear();

            _commits.Enqueue(commit);
            _lastSeq = Math.Max(_lastSeq, commit.LastSeq);
        }

        _signal.Set();
    }

    public void Nudge(long lastSeq)
    {
        lock (_gate)
        {
            if (lastSeq <= _lastSeq)
                return;

            _lastSeq = lastSeq;
        }

        _signal.Set();
    }

    public void Wake() => _signal.Set();

    public bool TryTake([NotNullWhen(true)] out Commit? commit)
    {
        lock (_gate)
            return _commits.TryDequeue(out commit);
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(cancellationToken);

    public void Dispose() => Detaching?.Invoke();
}
