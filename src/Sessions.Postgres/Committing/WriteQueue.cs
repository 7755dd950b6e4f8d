using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// What waits for a writer, in order. Bounded in number and bytes: who finds it full waits a little, and is then refused
/// as busy.
/// </summary>
internal sealed class WriteQueue(PostgresOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<WriteRequest> _requests = new();
    private TaskCompletionSource? _some;
    private TaskCompletionSource? _room;
    private long _bytes;
    private bool _closed;

    /// <summary>Adds a write; waits for room.</summary>
    /// <exception cref="StoreUnavailableException">There was none in time.</exception>
    public ValueTask AddAsync(WriteRequest request, CancellationToken cancellationToken) =>
        TryAdd(request, out _) ? ValueTask.CompletedTask : AddLaterAsync(request, cancellationToken);

    /// <summary>Waits until there is something to take, or it is closed.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
            return _closed || _requests.Count > 0 ? Task.CompletedTask : (_some = Later()).Task;
    }

    /// <summary>Takes the next write; null when there is none.</summary>
    public WriteRequest? Take()
    {
        TaskCompletionSource? room;
        WriteRequest? request;
        lock (_gate)
        {
            if (!_requests.TryDequeue(out request))
                return null;

            _bytes -= request.Bytes;
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
        return request;
    }

    /// <summary>Takes no more.</summary>
    public void Close()
    {
        TaskCompletionSource? room;
        TaskCompletionSource? some;
        lock (_gate)
        {
            _closed = true;
            (room, some) = (_room, _some);
            _room = _some = null;
        }

        room?.TrySetResult();
        some?.TrySetResult();
    }

    private static TaskCompletionSource Later() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask AddLaterAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(options.QueueWait);
        while (!TryAdd(request, out var room))
        {
            try
            {
                await room.WaitAsync(waiting.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StoreUnavailableException("More writes wait than the store can take.") { Busy = true };
            }
        }
    }

    private bool TryAdd(WriteRequest request, out Task room)
    {
        TaskCompletionSource? some;
        lock (_gate)
        {
            if (_closed)
                throw new StoreUnavailableException("The store is closed.");

            if (_requests.Count >= options.QueueCapacity || (_requests.Count > 0 && _bytes + request.Bytes > options.QueueBytes))
            {
                room = (_room ??= Later()).Task;
                return false;
            }

            _requests.Enqueue(request);
            _bytes += request.Bytes;
            some = _some;
            _some = null;
        }

        room = Task.CompletedTask;
        some?.TrySetResult();
        return true;
    }
}
