using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>The log rows of the decisions of a batch.</summary>
internal sealed class RecordColumns : ColumnSet
{
    private readonly Column<int?> _slot;
    private readonly Column<int?> _place;
    private readonly Column<DateTimeOffset?> _at;
    private readonly Column<short?> _kind;
    private readonly Column<string?> _run;
    private readonly Column<string?> _data;

    public RecordColumns()
    {
        (_slot, _place, _at) = (Int(), Int(), Time());
        (_kind, _run, _data) = (Small(), Text(), Text());
    }

    public void Add(int slot, DecisionRequest request)
    {
        foreach (var record in request.Provisional.Records)
        {
            var row = LogRow.Of(record.Event);
            _slot.Add(slot);
            _place.Add(request.Place(record.Seq));
            _at.Add(record.At);
            _kind.Add((short)row.Kind);
            _run.Add(row.Run);
            _data.Add(row.Data);
        }
    }
}

/// <summary>The runs that the decisions of a batch accept.</summary>
internal sealed class QueuedRunColumns : ColumnSet
{
    private readonly Column<int?> _slot;
    private readonly Column<string?> _run;
    private readonly Column<int?> _place;
    private readonly Column<string?> _agent;
    private readonly Column<string?> _key;
    private readonly Column<string?> _fingerprint;
    private readonly Column<int?> _maxAttempts;
    private readonly Column<TimeSpan?> _timeout;
    private readonly Column<TimeSpan?> _queueTimeout;
    private readonly Column<string?> _input;
    private readonly Column<long?> _generation;
    private readonly Column<DateTimeOffset?> _queuedAt;
    private readonly Column<DateTimeOffset?> _queueDeadline;

    public QueuedRunColumns()
    {
        (_slot, _run, _place, _agent, _key, _fingerprint) = (Int(), Text(), Int(), Text(), Text(), Text());
        (_maxAttempts, _timeout, _queueTimeout) = (Int(), Span(), Span());
        (_input, _generation, _queuedAt, _queueDeadline) = (Text(), Big(), Time(), Time());
    }

    public void Add(int slot, DecisionRequest request)
    {
        foreach (var record in request.Provisional.Records)
        {
            if (record.Event is not RunQueued { Run: var run })
                continue;

            _slot.Add(slot);
            _run.Add(run.Id.Value);
            _place.Add(request.Place(record.Seq));
            _agent.Add(run.Agent.Value);
            _key.Add(StoredText.Of(run.IdempotencyKey));
            _fingerprint.Add(StoredText.Of(run.Fingerprint));
            _maxAttempts.Add(run.MaxAttempts);
            _timeout.Add(run.Timeout);
            _queueTimeout.Add(run.QueueTimeout);
            _input.Add(StoredText.Of(run.Input));
            _generation.Add(run.Generation);
            _queuedAt.Add(run.QueuedAt);
            _queueDeadline.Add(run.QueueDeadline);
        }
    }
}

/// <summary>The runs that the decisions of a batch change, as they are after them.</summary>
internal sealed class ChangedRunColumns : ColumnSet
{
    private readonly Column<int?> _slot;
    private readonly Column<string?> _run;
    private readonly Column<short?> _status;
    private readonly Column<int?> _attempt;
    private readonly Column<string?> _worker;
    private readonly Column<long?> _epoch;
    private readonly Column<DateTimeOffset?> _queueDeadline;
    private readonly Column<DateTimeOffset?> _startedAt;
    private readonly Column<DateTimeOffset?> _deadline;
    private readonly Column<DateTimeOffset?> _endedAt;
    private readonly Column<int?> _endedPlace;
    private readonly Column<string?> _output;
    private readonly Column<string?> _usage;
    private readonly Column<string?> _errorCode;
    private readonly Column<string?> _errorMessage;
    private readonly Column<short?> _abortReason;
    private readonly Column<bool> _wasActive;
    private readonly Column<bool> _streams;
    private readonly Column<long?> _from;

    public ChangedRunColumns()
    {
        (_slot, _run, _status, _attempt, _worker, _epoch) = (Int(), Text(), Small(), Int(), Text(), Big());
        (_queueDeadline, _startedAt, _deadline, _endedAt, _endedPlace) = (Time(), Time(), Time(), Time(), Int());
        (_output, _usage, _errorCode, _errorMessage, _abortReason) = (Text(), Text(), Text(), Text(), Small());
        (_wasActive, _streams, _from) = (Bool(), Bool(), Big());
    }

    public int Count => _slot.Count;

    /// <summary>Adds them.</summary>
    /// <returns>The place of the run that ends with what it has streamed; -1 when there is none.</returns>
    public int Add(int slot, DecisionRequest request)
    {
        var streaming = -1;
        foreach (var run in request.Provisional.Runs)
        {
            // What is accepted has columns of its own; what starts stands in its session's row. A run whose start was taken
            // back counts no attempt, but had an epoch.
            if (run.Status == RunStatus.Running || (run.Status == RunStatus.Queued && run.Epoch == 0))
                continue;

            var streams = request.Streaming?.Id == run.Id && run.IsTerminal;
            if (streams)
                streaming = Count;

            _slot.Add(slot);
            _run.Add(run.Id.Value);
            _status.Add((short)run.Status);
            _attempt.Add(run.Attempt);
            _worker.Add(run.Worker?.Value);
            _epoch.Add(run.Epoch);
            _queueDeadline.Add(run.QueueDeadline);
            _startedAt.Add(run.StartedAt);
            _deadline.Add(run.Deadline);
            _endedAt.Add(run.EndedAt);
            _endedPlace.Add(run.IsTerminal ? request.Place(run.EndedSeq) : null);
            _output.Add(streams ? null : StoredText.Of(run.Output));
            _usage.Add(StoredText.Of(run.Usage));
            _errorCode.Add(StoredText.Of(run.Error?.Code));
            _errorMessage.Add(StoredText.Of(run.Error?.Message));
            _abortReason.Add((short?)run.AbortReason);
            _wasActive.Add(request.Before.Active?.Id == run.Id);
            _streams.Add(streams);
            _from.Add(run.QueuedSeq);
        }

        return streaming;
    }
}

/// <summary>The keys that the decisions of a batch give a meaning.</summary>
internal sealed class IdempotencyColumns : ColumnSet
{
    private readonly Column<int?> _slot;
    private readonly Column<string?> _key;
    private readonly Column<string?> _run;
    private readonly Column<string?> _fingerprint;
    private readonly Column<short?> _abortReason;

    public IdempotencyColumns() => (_slot, _key, _run, _fingerprint, _abortReason) = (Int(), Text(), Text(), Text(), Small());

    public void Add(int slot, DecisionRequest request)
    {
        foreach (var entry in request.Provisional.Keys)
        {
            var run = entry as KeyOfRun;
            _slot.Add(slot);
            _key.Add(StoredText.Of(entry.Key));
            _run.Add(run?.Run.Value);
            _fingerprint.Add(StoredText.Of(run?.Fingerprint));
            _abortReason.Add((short?)(entry as PendingAbort)?.Reason);
        }
    }
}
