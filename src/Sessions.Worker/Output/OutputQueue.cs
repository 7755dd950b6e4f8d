using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// The items of one run between its agent and its reports: one writer, one reader. Bounded in items and bytes; when it
/// is full the writer waits. What gathers while a report is in flight becomes the next batch.
/// </summary>
internal sealed class OutputQueue
{
    internal const int BatchItems = 256;

    /// <summary>So many are sent without waiting for more.</summary>
    internal const int PlentyItems = 32;

    /// <summary>Of the encoded request; leaves room below <see cref="Limits.BodyBytes"/>.</summary>
    internal const int BatchBytes = 768 * 1024;

    private const int PendingItems = 2 * BatchItems;
    private const int PendingBytes = BatchBytes;
    private const int ItemOverhead = 128;

    private readonly Lock _lock = new();
    private readonly Queue<(OutputItem Item, int Bytes)> _pending = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _work;
    private TaskCompletionSource? _plenty;
    private int _bytes;
    private bool _closed;

    /// <summary>Adds an item, waiting while the queue is full. Once it is closed, items are dropped.</summary>
    public async ValueTask WriteAsync(OutputItem item, CancellationToken cancellationToken)
    {
        var bytes = ItemOverhead + Utf8Text.EncodedBound(item.Text) + Utf8Text.EncodedBound(item.ToolCallId)
            + Utf8Text.EncodedBound(item.Name) + Utf8Text.EncodedBound(item.Arguments?.GetRawText())
            + Utf8Text.EncodedBound(item.Result?.GetRawText());
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task room;
            lock (_lock)
            {
                if (_closed)
                    return;
                if (_pending.Count == 0 || (_pending.Count < PendingItems && _bytes + bytes <= PendingBytes))
                {
                    _pending.Enqueue((item, bytes));
                    _bytes += bytes;
                    _work?.TrySetResult();
                    if (_pending.Count >= PlentyItems)
                        _plenty?.TrySetResult();
                    return;
                }

                room = Signal(ref _room);
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next items in order, waiting for one; empty when the queue is closed and read to its end.</summary>
    public async ValueTask<IReadOnlyList<OutputItem>> ReadBatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task work;
            lock (_lock)
            {
                if (_pending.Count > 0)
                    return Take();
                if (_closed)
                    return [];
                work = Signal(ref _work);
            }

            await work.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets items gather for a time; not when there are plenty, or no more to come.</summary>
    public async ValueTask GatherAsync(TimeSpan time, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Task plenty;
        lock (_lock)
        {
            if (time <= TimeSpan.Zero || _closed || _room is not null || _pending.Count >= PlentyItems)
                return;
            plenty = Signal(ref _plenty);
        }

        try
        {
            await plenty.WaitAsync(time, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
        }
    }

    /// <summary>No more items: what is pending can still be read.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _work?.TrySetResult();
            _room?.TrySetResult();
            _plenty?.TrySetResult();
        }
    }

    private List<OutputItem> Take()
    {
        var batch = new List<OutputItem>(Math.Min(_pending.Count, BatchItems));
        for (var bytes = 0; batch.Count < BatchItems && _pending.TryPeek(out var next); bytes += next.Bytes)
        {
            if (batch.Count > 0 && bytes + next.Bytes > BatchBytes)
                break;
            batch.Add(next.Item);
            _bytes -= next.Bytes;
            _pending.Dequeue();
        }

        _room?.TrySetResult();
        return batch;
    }

    private static Task Signal(ref TaskCompletionSource? signal)
    {
        if (signal is null or { Task.IsCompleted: true })
            signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return signal.Task;
    }
}
