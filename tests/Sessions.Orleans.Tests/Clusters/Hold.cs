using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Holds up a store's decisions until it is disposed.</summary>
internal sealed class Hold : IDisposable
{
    private readonly HookedStore _store;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Hold(HookedStore store)
    {
        _store = store;
        store.Before = operation => operation == "append" ? PassAsync() : Task.CompletedTask;
    }

    /// <summary>Done once a decision is held up.</summary>
    public Task Reached => _reached.Task;

    public void Dispose()
    {
        _store.Before = null;
        _released.TrySetResult();
    }

    private Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
