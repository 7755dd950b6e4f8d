namespace Sessions.Worker;

/// <summary>
/// The runs on this worker. Of one session only the newest epoch is alive here: a claim of a newer one ends the older
/// (invariant 7), and a signal that comes before its claim's answer is remembered.
/// </summary>
internal sealed class ActiveRuns
{
    private const int RememberedSignals = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<RunExecution> _all = [];
    private readonly Dictionary<string, RunExecution> _newest = [];
    private readonly Queue<RunKey> _signalled = new();
    private TaskCompletionSource? _empty;

    public int Count
    {
        get
        {
            lock (_lock)
                return _all.Count;
        }
    }

    public IReadOnlyList<RunExecution> Snapshot()
    {
        lock (_lock)
            return [.. _all];
    }

    /// <summary>False when the lease is known to be over, or is executed already.</summary>
    public bool TryAdd(RunExecution run)
    {
        RunExecution? older;
        lock (_lock)
        {
            if (_signalled.Contains(run.Key))
                return false;
            if (_newest.TryGetValue(run.Key.SessionId, out older) && older.Key.Epoch >= run.Key.Epoch)
                return false;

            _newest[run.Key.SessionId] = run;
            _all.Add(run);
        }

        older?.Abandon("a newer lease of its session");
        return true;
    }

    public void Remove(RunExecution run)
    {
        lock (_lock)
        {
            _all.Remove(run);
            if (_newest.TryGetValue(run.Key.SessionId, out var newest) && newest == run)
                _newest.Remove(run.Key.SessionId);
            if (_all.Count == 0)
                _empty?.TrySetResult();
        }
    }

    /// <summary>Stops exactly the lease that the signal names.</summary>
    public void Signal(RunKey key, string reason)
    {
        RunExecution? run;
        lock (_lock)
        {
            if (!_newest.TryGetValue(key.SessionId, out run) || run.Key != key)
            {
                run = null;
                _signalled.Enqueue(key);
                if (_signalled.Count > RememberedSignals)
                    _signalled.Dequeue();
            }
        }

        run?.Abandon(reason);
    }

    public Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            if (_all.Count == 0)
                return Task.CompletedTask;
            if (_empty is null or { Task.IsCompleted: true })
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }
}
