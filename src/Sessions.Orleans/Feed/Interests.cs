namespace Sessions.Orleans;

/// <summary>Counts who is interested in what.</summary>
/// <param name="begun">Told when the first comes.</param>
internal sealed class Interests<TKey>(Action<TKey> begun)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, int> _counts = [];

    public IReadOnlyCollection<TKey> Keys
    {
        get
        {
            lock (_gate)
                return [.. _counts.Keys];
        }
    }

    public bool Has(TKey key)
    {
        lock (_gate)
            return _counts.ContainsKey(key);
    }

    /// <summary>One more, until it is disposed.</summary>
    public IDisposable Enter(TKey key)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_counts.TryGetValue(key, out var count);
            _counts[key] = count + 1;
        }

        if (isFirst)
            begun(key);

        return new Interest(this, key);
    }

    private void Leave(TKey key)
    {
        lock (_gate)
        {
            if (--_counts[key] == 0)
                _counts.Remove(key);
        }
    }

    private sealed class Interest(Interests<TKey> interests, TKey key) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _left, true))
                interests.Leave(key);
        }
    }
}
