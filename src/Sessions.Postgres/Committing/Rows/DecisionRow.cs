using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A session as it stands after a decision: <c>sessions.batch_decision</c>. Null metadata and generation places stay.</summary>
internal sealed class DecisionRow
{
    public required int Slot { get; init; }

    public required string Tenant { get; init; }

    public required string Session { get; init; }

    public required long Version { get; init; }

    public required int Versions { get; init; }

    public required int Records { get; init; }

    public long? Beats { get; init; }

    public required bool Recalled { get; init; }

    public string? NewKey { get; init; }

    public string? NewRun { get; init; }

    public required bool Deleted { get; init; }

    public required string Agent { get; init; }

    public string? Title { get; init; }

    public string? Metadata { get; init; }

    public required short Status { get; init; }

    public required short Rest { get; init; }

    public required short BindingState { get; init; }

    public string? BindingAgent { get; init; }

    public required bool BoundByActive { get; init; }

    public string? LastErrorCode { get; init; }

    public string? LastErrorMessage { get; init; }

    public string? LastErrorRun { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    public string? LastRun { get; init; }

    public short? LastRunStatus { get; init; }

    public DateTimeOffset? LastRunEndedAt { get; init; }

    public required long Generation { get; init; }

    public int? GenerationPlace { get; init; }

    public required long Epoch { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string? ActiveRun { get; init; }

    public string? Worker { get; init; }

    public int? Attempt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    public required string QueuedRuns { get; init; }

    public DateTimeOffset? QueueDueAt { get; init; }

    public string? ReadyAgent { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public required bool KeepsLease { get; init; }

    public static DecisionRow Of(int slot, DecisionRequest request)
    {
        var (before, after) = (request.Before, request.After);

        // A lease that goes on is moved by output alone; one that begins, begins with the decision.
        var keepsLease = request.KeepsLease;
        return new DecisionRow
        {
            Slot = slot,
            Tenant = request.Key.Tenant.Value,
            Session = request.Key.Session.Value,
            Version = before.Version,
            Versions = request.Versions,
            Records = request.Records.Length,
            Beats = request.Write.ExpectedBeats,
            Recalled = request.Write.IsRecalled,
            NewKey = request.Write.IsRecalled ? StoredText.Of(request.NewKey) : null,
            NewRun = request.Write.IsRecalled ? request.NewRun?.Value : null,
            Deleted = after.Existence == SessionExistence.Deleted,
            Agent = after.Agent.Value,
            Title = StoredText.Of(after.Title),
            Metadata = before.Version > 0 && ReferenceEquals(before.Metadata, after.Metadata) ? null : StoredMetadata.ToJson(after.Metadata),
            Status = (short)SessionSnapshot.StatusOf(after),
            Rest = (short)after.Rest,
            BindingState = (short)after.Binding.State,
            BindingAgent = after.Binding.Agent?.Value,
            BoundByActive = after.BoundByActive,
            LastErrorCode = StoredText.Of(after.LastError?.Error.Code),
            LastErrorMessage = StoredText.Of(after.LastError?.Error.Message),
            LastErrorRun = after.LastError?.Run.Value,
            LastErrorAt = after.LastError?.At,
            LastRun = after.LastRun?.Id.Value,
            LastRunStatus = (short?)after.LastRun?.Status,
            LastRunEndedAt = after.LastRun?.EndedAt,
            Generation = after.Generation,
            GenerationPlace = after.GenerationSeq == before.GenerationSeq ? null : request.Place(after.GenerationSeq),
            Epoch = after.Epoch,
            CreatedAt = after.CreatedAt,
            UpdatedAt = after.UpdatedAt,
            ActiveRun = after.Active?.Id.Value,
            Worker = after.Active?.Worker?.Value,
            Attempt = after.Active?.Attempt,
            StartedAt = after.Active?.StartedAt,
            Deadline = after.Active?.Deadline,
            QueuedRuns = after.Queue.IsEmpty ? "" : string.Join(' ', after.Queue.Select(run => run.Id.Value)),
            QueueDueAt = after.Queue.IsEmpty ? null : after.Queue.Min(run => run.QueueDeadline),
            ReadyAgent = after.Ready?.Agent.Value,
            LeaseExpiresAt = keepsLease ? null : after.Lease?.ExpiresAt,
            KeepsLease = keepsLease,
        };
    }
}
