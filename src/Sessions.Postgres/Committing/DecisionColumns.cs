using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>The decisions of a batch, a row per session: the fence, and the session as it stands after them.</summary>
internal sealed class DecisionColumns : ColumnSet
{
    private readonly Column<long?> _version;
    private readonly Column<long?> _beats;
    private readonly Column<bool> _recalled;
    private readonly Column<string?> _newKey;
    private readonly Column<string?> _newRun;
    private readonly Column<int?> _records;
    private readonly Column<bool> _deleted;
    private readonly Column<string?> _agent;
    private readonly Column<string?> _title;
    private readonly Column<string?> _metadata;
    private readonly Column<short?> _status;
    private readonly Column<short?> _rest;
    private readonly Column<short?> _bindingState;
    private readonly Column<string?> _bindingAgent;
    private readonly Column<bool> _boundByActive;
    private readonly Column<string?> _errorCode;
    private readonly Column<string?> _errorMessage;
    private readonly Column<string?> _errorRun;
    private readonly Column<DateTimeOffset?> _errorAt;
    private readonly Column<string?> _lastRun;
    private readonly Column<short?> _lastRunStatus;
    private readonly Column<DateTimeOffset?> _lastRunEndedAt;
    private readonly Column<long?> _generation;
    private readonly Column<int?> _generationPlace;
    private readonly Column<long?> _epoch;
    private readonly Column<DateTimeOffset?> _createdAt;
    private readonly Column<DateTimeOffset?> _updatedAt;
    private readonly Column<string?> _activeRun;
    private readonly Column<string?> _worker;
    private readonly Column<int?> _attempt;
    private readonly Column<DateTimeOffset?> _startedAt;
    private readonly Column<DateTimeOffset?> _deadline;
    private readonly Column<string?> _queuedRuns;
    private readonly Column<DateTimeOffset?> _queueDueAt;
    private readonly Column<string?> _readyAgent;
    private readonly Column<DateTimeOffset?> _leaseExpiresAt;
    private readonly Column<bool> _keepsLease;

    public DecisionColumns()
    {
        (_version, _beats, _recalled, _newKey, _newRun, _records) = (Big(), Big(), Bool(), Text(), Text(), Int());
        (_deleted, _agent, _title, _metadata, _status, _rest) = (Bool(), Text(), Text(), Text(), Small(), Small());
        (_bindingState, _bindingAgent, _boundByActive) = (Small(), Text(), Bool());
        (_errorCode, _errorMessage, _errorRun, _errorAt) = (Text(), Text(), Text(), Time());
        (_lastRun, _lastRunStatus, _lastRunEndedAt) = (Text(), Small(), Time());
        (_generation, _generationPlace, _epoch) = (Big(), Int(), Big());
        (_createdAt, _updatedAt) = (Time(), Time());
        (_activeRun, _worker, _attempt, _startedAt, _deadline) = (Text(), Text(), Int(), Time(), Time());
        (_queuedRuns, _queueDueAt) = (Text(), Time());
        (_readyAgent, _leaseExpiresAt, _keepsLease) = (Text(), Time(), Bool());
    }

    public void Add(DecisionRequest? request)
    {
        if (request is null)
        {
            Skip();
            return;
        }

        var (before, after) = (request.Before, request.Provisional.State);
        _version.Add(before.Version);
        _beats.Add(request.Write.ExpectedBeats);
        var recalled = request.Write.IsRecalled;
        _recalled.Add(recalled);
        _newKey.Add(recalled ? StoredText.Of(request.NewKey) : null);
        _newRun.Add(recalled ? request.NewRun?.Value : null);
        _records.Add(request.Provisional.Records.Length);
        _deleted.Add(after.Existence == SessionExistence.Deleted);
        _agent.Add(after.Agent.Value);
        _title.Add(StoredText.Of(after.Title));
        _metadata.Add(
            before.Version > 0 && ReferenceEquals(before.Metadata, after.Metadata) ? null : StoredMetadata.ToJson(after.Metadata));
        _status.Add((short)SessionSnapshot.StatusOf(after));
        _rest.Add((short)after.Rest);
        _bindingState.Add((short)after.Binding.State);
        _bindingAgent.Add(after.Binding.Agent?.Value);
        _boundByActive.Add(after.BoundByActive);
        AddLast(after);
        _generation.Add(after.Generation);
        _generationPlace.Add(after.GenerationSeq == before.GenerationSeq ? null : request.Place(after.GenerationSeq));
        _epoch.Add(after.Epoch);
        _createdAt.Add(after.CreatedAt);
        _updatedAt.Add(after.UpdatedAt);
        AddRuns(before, after);
    }

    private void AddLast(SessionState after)
    {
        _errorCode.Add(StoredText.Of(after.LastError?.Error.Code));
        _errorMessage.Add(StoredText.Of(after.LastError?.Error.Message));
        _errorRun.Add(after.LastError?.Run.Value);
        _errorAt.Add(after.LastError?.At);
        _lastRun.Add(after.LastRun?.Id.Value);
        _lastRunStatus.Add((short?)after.LastRun?.Status);
        _lastRunEndedAt.Add(after.LastRun?.EndedAt);
    }

    private void AddRuns(SessionState before, SessionState after)
    {
        _activeRun.Add(after.Active?.Id.Value);
        _worker.Add(after.Active?.Worker?.Value);
        _attempt.Add(after.Active?.Attempt);
        _startedAt.Add(after.Active?.StartedAt);
        _deadline.Add(after.Active?.Deadline);
        _queuedRuns.Add(after.Queue.IsEmpty ? "" : string.Join(' ', after.Queue.Select(run => run.Id.Value)));
        _queueDueAt.Add(after.Queue.IsEmpty ? null : after.Queue.Min(run => run.QueueDeadline));
        _readyAgent.Add(after.Ready?.Agent.Value);

        // A lease that goes on is moved by output alone; one that begins, begins with the decision.
        var keeps = after.Active is { } active && active.Id == before.Active?.Id && active.Epoch == before.Active.Epoch;
        _leaseExpiresAt.Add(keeps ? null : after.Lease?.ExpiresAt);
        _keepsLease.Add(keeps);
    }
}
