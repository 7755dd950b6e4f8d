using System.Text.Json.Serialization;

namespace Sessions.Protocol;

/// <summary>A session as the wire shows it: the projection of its log at <see cref="Version"/>.</summary>
public sealed record SessionResource
{
    /// <summary>The id, unique in its tenant and never reused.</summary>
    public required string Id { get; init; }

    /// <summary>The agent that answers sends which name none.</summary>
    public required string Agent { get; init; }

    /// <summary>A title for people, or null.</summary>
    public string? Title { get; init; }

    /// <summary>String to string, at most <see cref="Limits.MetadataBytes"/> as UTF-8.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>One of <see cref="SessionStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>True exactly when some run is queued or running, that is, when an abort would change something.</summary>
    public required bool HasActiveRun { get; init; }

    /// <summary>The running run, or null. A terminal run never stands here.</summary>
    public string? ActiveRunId { get; init; }

    /// <summary>The queued runs, in the order in which they will start.</summary>
    public required IReadOnlyList<string> QueuedRunIds { get; init; }

    /// <summary>The agent that this session is bound to until a reset.</summary>
    public required BindingResource Binding { get; init; }

    /// <summary>Why the last failed run failed; null once a later run has started.</summary>
    public SessionErrorResource? LastError { get; init; }

    /// <summary>The run that became terminal last, or null.</summary>
    public LastRunResource? LastRun { get; init; }

    /// <summary>Grows by one with every decision; output does not change it.</summary>
    public required long Version { get; init; }

    /// <summary>The seq of the newest log record: a cursor for the event stream.</summary>
    public required long LastSeq { get; init; }

    /// <summary>Grows by one with every reset.</summary>
    public required long Generation { get; init; }

    /// <summary>When the session was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the newest decision was taken, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>True on the tombstone of a deleted session, absent otherwise. Only watchers see tombstones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deleted { get; init; }
}

/// <summary>The agent that a session is bound to.</summary>
/// <param name="State">One of <see cref="BindingStates"/>.</param>
/// <param name="Agent">The agent's name; null when the state is <c>none</c>.</param>
public sealed record BindingResource(string State, string? Agent);

/// <summary>The error of a session's last failed run.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Message">One line for people.</param>
/// <param name="RunId">The run that failed.</param>
/// <param name="At">When it failed, UTC.</param>
public sealed record SessionErrorResource(string Code, string Message, string RunId, DateTimeOffset At);

/// <summary>The run of a session that became terminal last.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="Status">Its terminal status, one of <see cref="RunStatuses"/>.</param>
/// <param name="EndedAt">When it ended, UTC.</param>
public sealed record LastRunResource(string Id, string Status, DateTimeOffset EndedAt);

/// <summary>The values of <see cref="SessionResource.Status"/>.</summary>
public static class SessionStatuses
{
    /// <summary>Nothing runs and nothing is wrong.</summary>
    public const string Idle = "idle";

    /// <summary>Runs wait and none is running.</summary>
    public const string Queued = "queued";

    /// <summary>A run is running.</summary>
    public const string Running = "running";

    /// <summary>Nothing runs; the last run failed and the session has a binding.</summary>
    public const string Error = "error";

    /// <summary>Nothing runs; the last run failed without a binding, or its worker was stopped on purpose.</summary>
    public const string Stopped = "stopped";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Idle, Queued, Running, Error, Stopped];
}

/// <summary>The values of <see cref="BindingResource.State"/>.</summary>
public static class BindingStates
{
    /// <summary>No agent has started in the session since its creation or last reset.</summary>
    public const string None = "none";

    /// <summary>The agent's run has started in the session.</summary>
    public const string Bound = "bound";

    /// <summary>As bound, but the agent's worker was stopped on purpose; the next start binds it again.</summary>
    public const string Stopped = "stopped";
}
