using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A write that waits for its commit.</summary>
internal abstract class WriteRequest(SessionKey key)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Left = 2;

    private int _state;

    public SessionKey Key => key;

    /// <summary>About how many bytes it holds.</summary>
    public abstract long Bytes { get; }

    public abstract bool IsDone { get; }

    /// <summary>The writer takes it into a batch. False when its caller has left: it is not to be written.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) != Left;

    /// <summary>Its caller leaves. False when it is too late: the commit is under way, and its outcome has to be awaited.</summary>
    public bool TryLeave() => Interlocked.CompareExchange(ref _state, Left, Waiting) == Waiting;

    public abstract void Fail(Exception exception);
}

/// <summary>A write with its outcome.</summary>
internal abstract class WriteRequest<TOutcome>(SessionKey key) : WriteRequest(key)
{
    private readonly TaskCompletionSource<TOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TOutcome> Outcome => _outcome.Task;

    public override bool IsDone => _outcome.Task.IsCompleted;

    public void Complete(TOutcome outcome) => _outcome.TrySetResult(outcome);

    public override void Fail(Exception exception) => _outcome.TrySetException(exception);
}
