using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>What waits to be told of workers, gathered. Bounded by what the replica's directory holds.</summary>
internal sealed class PendingWorkers
{
    private readonly Lock _gate = new();
    private readonly HashSet<WorkerPresence> _present = [];
    private bool _asks;

    /// <summary>Adds some.</summary>
    /// <returns>True when nothing waited before.</returns>
    public bool Add(WorkerNews news)
    {
        lock (_gate)
        {
            var isFirst = _present.Count == 0 && !_asks;
            _present.UnionWith(news.Present);
            _asks |= news.Asks;
            return isFirst;
        }
    }

    /// <summary>All of it, or null.</summary>
    public WorkerNews? TakeAll()
    {
        lock (_gate)
        {
            if (_present.Count == 0 && !_asks)
                return null;

            var news = new WorkerNews([.. _present], _asks);
            _present.Clear();
            _asks = false;
            return news;
        }
    }
}
