using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Holds up a store's decisions until it is disposed.</summary>
internal sealed class Hold : IDisposable
{
    private readonly HookedStore _store;
    private readonly Held _held = new();

    public Hold(HookedStore store)
    {
        _store = store;
        store.Before = operation => operation == "append" ? _held.PassAsync() : Task.CompletedTask;
    }

    /// <summary>Done once a decision is held up.</summary>
    public Task Reached => _held.Reached;

    public void Dispose()
    {
        _store.Before = null;
        _held.Release();
    }
}
