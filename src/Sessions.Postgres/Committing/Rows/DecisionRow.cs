using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A session as it stands after a decision: <c>sessions.batch_decision</c>. Null metadata and generation places stay.</summary>
internal static class DecisionRow
{
    public static void Add(RowBuffer rows, int slot, DecisionRequest request)
    {
        var (before, after) = (request.Before, request.After);

        // A lease that goes on is moved by output alone; one that begins, begins with the decision.
        var keepsLease = request.KeepsLease;
        rows.Begin()
            .Integer(slot)
            .Text(request.Key.Tenant.Value)
            .Text(request.Key.Session.Value)
            .BigInt(before.Version)
            .Integer(request.Versions)
            .Integer(request.Records.Length)
            .BigInt(request.Write.ExpectedBeats)
            .Boolean(request.Write.IsRecalled)
            .Text(request.Write.IsRecalled ? StoredText.Of(request.NewKey) : null)
            .Text(request.Write.IsRecalled ? request.NewRun?.Value : null)
            .Boolean(after.Existence == SessionExistence.Deleted)
            .Text(after.Agent.Value)
            .Text(StoredText.Of(after.Title))
            .Text(before.Version > 0 && ReferenceEquals(before.Metadata, after.Metadata) ? null : StoredMetadata.ToJson(after.Metadata))
            .SmallInt((short)SessionSnapshot.StatusOf(after))
            .SmallInt((short)after.Rest)
            .SmallInt((short)after.Binding.State)
            .Text(after.Binding.Agent?.Value)
            .Boolean(after.BoundByActive)
            .Text(StoredText.Of(after.LastError?.Error.Code))
            .Text(StoredText.Of(after.LastError?.Error.Message))
            .Text(after.LastError?.Run.Value)
            .Timestamp(after.LastError?.At)
            .Text(after.LastRun?.Id.Value)
            .SmallInt((short?)after.LastRun?.Status)
            .Timestamp(after.LastRun?.EndedAt)
            .BigInt(after.Generation)
            .Integer(after.GenerationSeq == before.GenerationSeq ? null : request.Place(after.GenerationSeq))
            .BigInt(after.Epoch)
            .Timestamp(after.CreatedAt)
            .Timestamp(after.UpdatedAt)
            .Text(after.Active?.Id.Value)
            .Text(after.Active?.Worker?.Value)
            .Integer(after.Active?.Attempt)
            .Timestamp(after.Active?.StartedAt)
            .Timestamp(after.Active?.Deadline)
            .Text(after.Queue.IsEmpty ? "" : string.Join(' ', after.Queue.Select(run => run.Id.Value)))
            .Timestamp(after.Queue.IsEmpty ? null : after.Queue.Min(run => run.QueueDeadline))
            .Text(after.Ready?.Agent.Value)
            .Timestamp(keepsLease ? null : after.Lease?.ExpiresAt)
            .Boolean(keepsLease)
            .End();
    }
}
