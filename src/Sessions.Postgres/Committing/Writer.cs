using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Group commit: takes what waits, writes all of it in one round trip and one transaction, tells each caller what became
/// of its write, and starts again. The latency of one commit, the throughput of many.
/// </summary>
/// <remarks>
/// A commit whose connection was lost may have happened or not. That is read, under a new generation of the writer that
/// shuts out whatever is still on its way; the batch is delivered or written again accordingly, and never guessed at.
/// </remarks>
internal sealed class Writer : IAsyncDisposable
{
    private const int Attempts = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A database that is out of order for long is told of now and then, not with every write.</summary>
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(5);

    private readonly Guid _id = Guid.NewGuid();
    private readonly CommitCommand _command = new();
    private readonly CommitBatch _batch = new();
    private readonly LinkedList<WriteRequest> _behind = new();
    private readonly WriteQueue _queue;
    private readonly NpgsqlDataSource _database;
    private readonly Outage _outage;
    private readonly Func<SessionKey, RunId, Task<Run?>> _readRun;
    private readonly PostgresOptions _options;
    private readonly StoreClock _clock;
    private readonly StoreInstruments _instruments;
    private readonly ILogger _logger;
    private readonly Task _running;
    private WriterConnection? _connection;
    private long? _lost;
    private volatile bool _closing;

    public Writer(
        PostgresDatabase database, Func<SessionKey, RunId, Task<Run?>> readRun, PostgresOptions options, StoreClock clock,
        StoreInstruments instruments, ILogger logger)
    {
        _database = database.Source;
        _outage = database.Outage;
        _readRun = readRun;
        _options = options;
        _clock = clock;
        _instruments = instruments;
        _logger = logger;
        _queue = new WriteQueue(options);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Has a write committed.</summary>
    public async ValueTask<TOutcome> CommitAsync<TOutcome>(WriteRequest<TOutcome> request, CancellationToken cancellationToken)
    {
        await _queue.AddAsync(request, cancellationToken).ConfigureAwait(false);
        if (!cancellationToken.CanBeCanceled || request.IsDone)
            return await request.Outcome.ConfigureAwait(false);

        try
        {
            return await request.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!request.TryLeave())
        {
            // Too late: whoever asked has to hear of it, so that it is published.
            return await request.Outcome.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_closing)
            return;

        _closing = true;
        _queue.Close();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!_closing || _behind.Count > 0)
        {
            if (_behind.Count == 0)
                await _queue.WaitAsync().ConfigureAwait(false);

            while (Gather())
                await WriteAsync(_batch.Slots(), _batch.Requests).ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Fills the batch with what waits. False when nothing does.</summary>
    private bool Gather()
    {
        _batch.Clear();
        for (var place = _behind.First; place is not null && _batch.HasRoom(_options.BatchSize);)
        {
            var (request, next) = (place.Value, place.Next);
            if (_batch.TryAdd(request))
                _behind.Remove(place);

            place = next;
        }

        // What can't go yet stays in front of what comes; more of it than a batch means that one session hogs.
        while (_batch.HasRoom(_options.BatchSize) && _behind.Count < _options.BatchSize && _queue.Take() is { } request)
        {
            if (request.TryTake() && !_batch.TryAdd(request))
                _behind.AddLast(request);
        }

        return !_batch.IsEmpty;
    }

    /// <summary>Writes a batch, and delivers what became of it to everyone in it.</summary>
    private async Task WriteAsync(SessionSlot[] slots, IReadOnlyList<WriteRequest> requests)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var outcome = await CommitAsync(slots).ConfigureAwait(false);
            _clock.Note(outcome.At);
            for (var at = 0; at < slots.Length; at++)
                await DeliverAsync(slots[at], outcome, at).ConfigureAwait(false);

            RefuseOvertaken(slots);
            _instruments.Committed(requests.Count, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception exception) when (requests.Count > 1 && !StoreFaults.IsOutage(exception) && exception is not StoreUnavailableException)
        {
            // One of them can't be stored. It must not take the others with it.
            _logger.BatchSplit(exception, requests.Count);
            await WriteHalvesAsync(requests).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var reason = StoreFaults.IsOutage(exception) ? StoreFaults.Unavailable(exception) : exception;
            foreach (var request in requests)
                request.Fail(reason);
        }
    }

    /// <summary>Decisions that wait behind one that was taken on the same version have lost: they need not be tried.</summary>
    private void RefuseOvertaken(SessionSlot[] slots)
    {
        if (_behind.Count == 0)
            return;

        foreach (var slot in slots)
        {
            if (slot.Decision is not { IsCommitted: true } taken)
                continue;

            for (var place = _behind.First; place is not null;)
            {
                var (waiting, next) = (place, place.Next);
                if (waiting.Value is DecisionRequest late && late.Key == taken.Key && late.Before.Version <= taken.Before.Version)
                {
                    late.Complete(DecisionOutcome.Conflict);
                    _behind.Remove(waiting);
                }

                place = next;
            }
        }
    }

    private async Task WriteHalvesAsync(IReadOnlyList<WriteRequest> requests)
    {
        WriteRequest[] all = [.. requests];
        foreach (var half in new[] { all[..(all.Length / 2)], all[(all.Length / 2)..] })
        {
            var batch = new CommitBatch();
            WriteRequest[] undone = [.. half.Where(request => !request.IsDone)];

            // They were in one batch, so they fit into one.
            if (undone.All(batch.TryAdd) && !batch.IsEmpty)
                await WriteAsync(batch.Slots(), undone).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(SessionSlot slot, CommitOutcome outcome, int at)
    {
        var text = default(string);
        if (slot.Decision is { } decision && _command.Places[at].Streaming is >= 0 and var place)
        {
            text = outcome.Texts is { } texts
                ? texts[place]
                : StoredText.Of((await _readRun(slot.Key, decision.Streaming!.Id).ConfigureAwait(false))?.Output);
        }

        SlotOutcome.Deliver(slot, outcome, _command.Places[at], text);
    }

    private async Task<CommitOutcome> CommitAsync(SessionSlot[] slots)
    {
        var from = Stopwatch.GetTimestamp();
        var sent = 0L;
        Exception? refused = null;
        for (var attempt = 1; ; attempt++)
        {
            var isSending = false;
            try
            {
                _connection ??= await WriterConnection.OpenAsync(_database, _command, _id).ConfigureAwait(false);
                _outage.End();
                if (sent > 0 && _connection.LastBatch == sent)
                    return Resolved(sent, _connection.LastOutcome);

                if (refused is not null)
                    break;

                sent = _connection.LastBatch + 1;
                isSending = true;
                return await _connection.CommitAsync(sent, slots).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                await RecoverAsync(exception).ConfigureAwait(false);
                if (_connection is not null && StoreFaults.IsContention(exception) && attempt < Attempts)
                    continue;

                // Refused as a whole: nothing has happened, even where the driver gave the connection up (no room, as one).
                if (isSending && StoreFaults.IsRefusal(exception) && !StoreFaults.IsFencedOut(exception))
                    throw;

                // Not sent: nothing has happened either. Else that has to be found out, for longer.
                var isAway = !_outage.Failed();
                if ((sent == 0 && isAway) || Stopwatch.GetElapsedTime(from) > _options.OutcomeWait)
                    throw;

                if (isAway)
                    RefuseWaiting(StoreFaults.Unavailable(exception));

                if (!StoreFaults.IsOutage(exception) && !StoreFaults.IsFencedOut(exception))
                    refused = exception;

                if (attempt > 1)
                    await Task.Delay(Pause).ConfigureAwait(false);
            }
        }

        ExceptionDispatchInfo.Throw(refused);
        return null!;
    }

    private CommitOutcome Resolved(long batch, CommitOutcome? outcome)
    {
        _logger.OutcomeFound(batch);
        return outcome ?? throw new InvalidOperationException($"Batch {batch} of writer {_id} has no outcome.");
    }

    /// <summary>Lets go of a connection that can't be trusted any more.</summary>
    private async Task RecoverAsync(Exception exception)
    {
        if (_connection is null || (_connection.IsOpen && StoreFaults.IsRefusal(exception) && !StoreFaults.IsFencedOut(exception)))
            return;

        if (_lost is not { } before || Stopwatch.GetElapsedTime(before) > LogPause)
        {
            _lost = Stopwatch.GetTimestamp();
            _logger.ConnectionLost(exception);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
        _database.Clear();
    }

    /// <summary>While an outcome can't be looked up, the others that wait are told at once that the store is away.</summary>
    private void RefuseWaiting(StoreUnavailableException unavailable)
    {
        foreach (var request in _behind)
            request.Fail(unavailable);

        _behind.Clear();
        while (_queue.Take() is { } request)
        {
            if (request.TryTake())
                request.Fail(unavailable);
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is null)
            return;

        try
        {
            await _connection.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreFaults.IsOutage(exception))
        {
            // It is forgotten by others, later.
            _logger.ConnectionLost(exception);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
