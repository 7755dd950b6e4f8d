using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// The workers of the other replicas, as those told last. What is not told again is forgotten: a replica that died tells
/// nothing. Its owner takes care that one thread at a time uses it.
/// </summary>
internal sealed class RemoteWorkers(TimeProvider time)
{
    private readonly Dictionary<WorkerPresence, DateTimeOffset> _heard = [];

    public bool IsEmpty => _heard.Count == 0;

    public IEnumerable<WorkerPresence> Of(TenantId tenant) => _heard.Keys.Where(presence => presence.Tenant == tenant);

    /// <summary>The tenants of which something new was heard.</summary>
    public IReadOnlySet<TenantId> Hear(WorkerNews news)
    {
        var changed = new HashSet<TenantId>();
        var now = time.GetUtcNow();
        foreach (var presence in news.Present)
        {
            if (!_heard.ContainsKey(presence))
                changed.Add(presence.Tenant);

            _heard[presence] = now;
        }

        return changed;
    }

    /// <summary>Forgets what was not heard for so long, and says whose that was.</summary>
    public IReadOnlySet<TenantId> Forget(TimeSpan silence)
    {
        var until = time.GetUtcNow() - silence;
        var changed = new HashSet<TenantId>();
        foreach (var (presence, heard) in _heard)
        {
            // Removing while enumerating is allowed, and leaves the rest in its place.
            if (heard <= until && _heard.Remove(presence))
                changed.Add(presence.Tenant);
        }

        return changed;
    }
}
