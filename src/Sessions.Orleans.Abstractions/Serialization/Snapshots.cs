using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>A session's snapshot as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.snapshot")]
internal readonly record struct SnapshotSurrogate(
    SessionKey Key, bool Deleted, AgentName Agent, string? Title, ImmutableArray<string> Metadata, SessionStatus Status,
    RunId? ActiveRun, ImmutableArray<RunId> QueuedRuns, BindingState Binding, AgentName? BoundAgent, SessionErrorSurrogate? LastError,
    LastRunSurrogate? LastRun, long Version, long LastSeq, long Generation, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A session's last error as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.error")]
internal readonly record struct SessionErrorSurrogate(RunError Error, RunId Run, DateTimeOffset At);

/// <summary>A session's last run as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.last-run")]
internal readonly record struct LastRunSurrogate(RunId Id, RunStatus Status, DateTimeOffset EndedAt);

[RegisterConverter]
internal sealed class SnapshotConverter : IConverter<SessionSnapshot, SnapshotSurrogate>
{
    public SessionSnapshot ConvertFromSurrogate(in SnapshotSurrogate surrogate) => new()
    {
        Key = surrogate.Key,
        Deleted = surrogate.Deleted,
        Agent = surrogate.Agent,
        Title = surrogate.Title,
        Metadata = FlatMetadata.Read(surrogate.Metadata)!,
        Status = surrogate.Status,
        ActiveRun = surrogate.ActiveRun,
        QueuedRuns = surrogate.QueuedRuns,
        Binding = new Binding(surrogate.Binding, surrogate.BoundAgent),
        LastError = surrogate.LastError is { } error ? new SessionError(error.Error, error.Run, error.At) : null,
        LastRun = surrogate.LastRun is { } run ? new LastRun(run.Id, run.Status, run.EndedAt) : null,
        Version = surrogate.Version,
        LastSeq = surrogate.LastSeq,
        Generation = surrogate.Generation,
        CreatedAt = surrogate.CreatedAt,
        UpdatedAt = surrogate.UpdatedAt,
    };

    public SnapshotSurrogate ConvertToSurrogate(in SessionSnapshot value) => new(
        value.Key, value.Deleted, value.Agent, value.Title, FlatMetadata.Of(value.Metadata), value.Status, value.ActiveRun,
        value.QueuedRuns, value.Binding.State, value.Binding.Agent,
        value.LastError is { } error ? new SessionErrorSurrogate(error.Error, error.Run, error.At) : null,
        value.LastRun is { } run ? new LastRunSurrogate(run.Id, run.Status, run.EndedAt) : null,
        value.Version, value.LastSeq, value.Generation, value.CreatedAt, value.UpdatedAt);
}
