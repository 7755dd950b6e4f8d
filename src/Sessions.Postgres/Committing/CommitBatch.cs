using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>
/// The writes that go into one commit, by session and in the order of the sessions' keys: writers that lock rows in the
/// same order can't lock each other out.
/// </summary>
internal sealed class CommitBatch
{
    /// <summary>How many bytes of text and how many log rows a batch holds, give or take one write.</summary>
    private const long MaxBytes = 4 * 1024 * 1024;
    private const int MaxEvents = 4096;

    private readonly Dictionary<SessionKey, SessionSlot> _byKey = [];
    private readonly List<WriteRequest> _requests = [];
    private long _bytes;
    private int _events;

    /// <summary>The writes, in the order in which they came.</summary>
    public IReadOnlyList<WriteRequest> Requests => _requests;

    public bool IsEmpty => _requests.Count == 0;

    public bool HasRoom(int maxRequests) => _requests.Count < maxRequests && _bytes < MaxBytes && _events < MaxEvents;

    /// <summary>False when it has to wait for the next batch.</summary>
    public bool TryAdd(WriteRequest request)
    {
        if (!_byKey.TryGetValue(request.Key, out var slot))
            _byKey.Add(request.Key, slot = new SessionSlot(request.Key));

        if (!slot.TryAdd(request))
            return false;

        _requests.Add(request);
        _bytes += request.Bytes;
        _events += (request as OutputRequest)?.Rows.Length ?? 2;
        return true;
    }

    public SessionSlot[] Slots()
    {
        SessionSlot[] slots = [.. _byKey.Values];
        Array.Sort(slots, static (one, other) =>
            string.CompareOrdinal(one.Key.Tenant.Value, other.Key.Tenant.Value) is not 0 and var tenants
                ? tenants
                : string.CompareOrdinal(one.Key.Session.Value, other.Key.Session.Value));
        return slots;
    }

    public void Clear()
    {
        _byKey.Clear();
        _requests.Clear();
        _bytes = 0;
        _events = 0;
    }
}
