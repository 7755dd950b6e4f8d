using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>Snapshots as they stand in log records; the seq, the version and the time are the record's.</summary>
internal static class StoredSnapshots
{
    public static StoredSnapshot Of(SessionSnapshot session) => new(
        session.Agent.Value,
        session.Title,
        StoredMetadata.Of(session.Metadata),
        session.Status,
        session.ActiveRun?.Value,
        [.. session.QueuedRuns.Select(run => run.Value)],
        session.Binding.State,
        session.Binding.Agent?.Value,
        session.LastError is { } error ? new(error.Error.Code, error.Error.Message, error.Run.Value, error.At) : null,
        session.LastRun is { } last ? new(last.Id.Value, last.Status, last.EndedAt) : null,
        session.Generation,
        session.CreatedAt);

    public static SessionSnapshot Back(
        StoredSnapshot stored, SessionKey key, bool deleted, long seq, long version, DateTimeOffset at) => new()
        {
            Key = key,
            Deleted = deleted,
            Agent = new(stored.Agent),
            Title = stored.Title,
            Metadata = StoredMetadata.Back(stored.Metadata),
            Status = stored.Status,
            ActiveRun = stored.ActiveRun is { } active ? new RunId(active) : null,
            QueuedRuns = [.. stored.QueuedRuns.Select(run => new RunId(run))],
            Binding = stored.BindingAgent is { } agent ? new(stored.Binding, new(agent)) : Binding.None,
            LastError = stored.LastError is { } error ? new(new(error.Code, error.Message), new(error.Run), error.At) : null,
            LastRun = stored.LastRun is { } last ? new(new(last.Run), last.Status, last.EndedAt) : null,
            Version = version,
            LastSeq = seq,
            Generation = stored.Generation,
            CreatedAt = stored.CreatedAt,
            UpdatedAt = at,
        };
}
