namespace Sessions.Testing;

/// <summary>A place where operations are held up until it is released.</summary>
public sealed class Held
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once an operation is held up.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets those that are held up go on, and those that come later pass.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>What an operation has to wait for.</summary>
    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
