using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class SessionMapping
{
    public static SessionResource ToResource(this SessionSnapshot session) => new()
    {
        Id = session.Key.Session.Value,
        Agent = session.Agent.Value,
        Title = session.Title,
        Metadata = session.Metadata,
        Status = session.Status.ToWire(),
        HasActiveRun = session.HasActiveRun,
        ActiveRunId = session.ActiveRun?.Value,
        QueuedRunIds = session.QueuedRuns.IsEmpty ? [] : [.. session.QueuedRuns.Select(run => run.Value)],
        Binding = new BindingResource(session.Binding.State.ToWire(), session.Binding.Agent?.Value),
        LastError = session.LastError is { } error
            ? new SessionErrorResource(error.Error.Code, error.Error.Message, error.Run.Value, error.At)
            : null,
        LastRun = session.LastRun is { } run ? new LastRunResource(run.Id.Value, run.Status.ToWire(), run.EndedAt) : null,
        Version = session.Version,
        LastSeq = session.LastSeq,
        Generation = session.Generation,
        CreatedAt = session.CreatedAt,
        UpdatedAt = session.UpdatedAt,
        Deleted = session.Deleted,
    };
}
