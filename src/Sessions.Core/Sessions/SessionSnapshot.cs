using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>A session as everybody may see it: the projection that lists and watchers read.</summary>
public sealed record SessionSnapshot
{
    /// <summary>Names the session.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>True for the tombstone of a deleted session.</summary>
    public required bool Deleted { get; init; }

    /// <summary>The agent for sends that name none.</summary>
    public required AgentName Agent { get; init; }

    /// <summary>A title for people.</summary>
    public required string? Title { get; init; }

    /// <summary>The client's own data.</summary>
    public required ImmutableSortedDictionary<string, string> Metadata { get; init; }

    /// <summary>How it stands.</summary>
    public required SessionStatus Status { get; init; }

    /// <summary>The running run.</summary>
    public required RunId? ActiveRun { get; init; }

    /// <summary>The waiting runs, in order.</summary>
    public required ImmutableArray<RunId> QueuedRuns { get; init; }

    /// <summary>The agent that it is bound to.</summary>
    public required Binding Binding { get; init; }

    /// <summary>The error of the last failed run.</summary>
    public required SessionError? LastError { get; init; }

    /// <summary>The run that became terminal last.</summary>
    public required LastRun? LastRun { get; init; }

    /// <summary>The decision that it shows.</summary>
    public required long Version { get; init; }

    /// <summary>The newest log record that it shows.</summary>
    public required long LastSeq { get; init; }

    /// <summary>Which generation it is in.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the newest decision was taken.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>True exactly when some run is queued or running.</summary>
    public bool HasActiveRun => ActiveRun is not null || QueuedRuns.Length > 0;

    /// <summary>Shows <paramref name="state"/>, which must exist or have existed.</summary>
    public static SessionSnapshot Of(SessionState state) => new()
    {
        Key = state.Key,
        Deleted = state.Existence == SessionExistence.Deleted,
        Agent = state.Agent,
        Title = state.Title,
        Metadata = state.Metadata,
        Status = StatusOf(state),
        ActiveRun = state.Active?.Id,
        QueuedRuns = state.Queue.IsEmpty ? [] : ImmutableArray.CreateRange(state.Queue, static run => run.Id),
        Binding = state.Binding,
        LastError = state.LastError,
        LastRun = state.LastRun,
        Version = state.Version,
        LastSeq = state.LastSeq,
        Generation = state.Generation,
        CreatedAt = state.CreatedAt,
        UpdatedAt = state.UpdatedAt,
    };

    /// <summary>How a session stands.</summary>
    public static SessionStatus StatusOf(SessionState state) => state switch
    {
        { Active: not null } => SessionStatus.Running,
        { Queue.Length: > 0 } => SessionStatus.Queued,
        { Rest: RestStatus.Idle } => SessionStatus.Idle,
        { Rest: RestStatus.Error } => SessionStatus.Error,
        { Rest: RestStatus.Stopped } => SessionStatus.Stopped,
        _ => throw new InvalidOperationException($"Session {state.Key} rests in the unknown status {state.Rest}."),
    };
}
