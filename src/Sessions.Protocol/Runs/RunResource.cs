using System.Text.Json;

namespace Sessions.Protocol;

/// <summary>A run: one turn of an agent in a session.</summary>
public sealed record RunResource
{
    /// <summary>The id, unique in its session.</summary>
    public required string Id { get; init; }

    /// <summary>The session's id.</summary>
    public required string SessionId { get; init; }

    /// <summary>The agent that answers.</summary>
    public required string Agent { get; init; }

    /// <summary>One of <see cref="RunStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The key of the send, or null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How often the run has been started: 0 while it was never started.</summary>
    public required int Attempt { get; init; }

    /// <summary>The worker that started it last, or null.</summary>
    public string? WorkerId { get; init; }

    /// <summary>What was sent.</summary>
    public required RunText Input { get; init; }

    /// <summary>What was answered; null while the run is not terminal, or when it ended without any text.</summary>
    public RunText? Output { get; init; }

    /// <summary>What the agent reported of its use (tokens and the like), as it reported it.</summary>
    public JsonElement? Usage { get; init; }

    /// <summary>Why the run failed; null for every other status.</summary>
    public ErrorResource? Error { get; init; }

    /// <summary>One of <see cref="AbortReasons"/>; null unless the run was aborted.</summary>
    public string? AbortReason { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it was last started, UTC, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it became terminal, UTC, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A text.</summary>
/// <param name="Text">The text.</param>
public sealed record RunText(string Text);

/// <summary>An error of a run.</summary>
/// <param name="Code">A stable code: one of <see cref="RunErrorCodes"/> or the agent's own.</param>
/// <param name="Message">One line for people.</param>
public sealed record ErrorResource(string Code, string Message);

/// <summary>The values of <see cref="RunResource.Status"/>.</summary>
public static class RunStatuses
{
    /// <summary>Accepted, waiting to start.</summary>
    public const string Queued = "queued";

    /// <summary>A worker holds its lease.</summary>
    public const string Running = "running";

    /// <summary>Terminal: answered.</summary>
    public const string Completed = "completed";

    /// <summary>Terminal: failed.</summary>
    public const string Failed = "failed";

    /// <summary>Terminal: aborted.</summary>
    public const string Aborted = "aborted";

    /// <summary>True for the three statuses that a run never leaves.</summary>
    public static bool IsTerminal(string status) => status is Completed or Failed or Aborted;
}

/// <summary>The values of <see cref="RunResource.AbortReason"/>.</summary>
public static class AbortReasons
{
    /// <summary>Somebody asked for it.</summary>
    public const string User = "user";

    /// <summary>A later send with <c>ifBusy: interrupt</c> took its place.</summary>
    public const string Superseded = "superseded";

    /// <summary>The session was reset.</summary>
    public const string SessionReset = "session_reset";

    /// <summary>The session was deleted.</summary>
    public const string SessionDeleted = "session_deleted";
}

/// <summary>The codes that the control plane itself gives to failed runs; agents add their own.</summary>
public static class RunErrorCodes
{
    /// <summary>The lease expired: the worker died, hung or was cut off.</summary>
    public const string WorkerLost = "worker_lost";

    /// <summary>The agent's process ended without a report.</summary>
    public const string WorkerExited = "worker_exited";

    /// <summary>The worker was stopped on purpose before the run ended.</summary>
    public const string WorkerShutdown = "worker_shutdown";

    /// <summary>The run took longer than its execution timeout.</summary>
    public const string DeadlineExceeded = "deadline_exceeded";

    /// <summary>The run waited behind other runs longer than the queue timeout.</summary>
    public const string QueueTimeout = "queue_timeout";

    /// <summary>The run could have started but no worker took it within the queue timeout.</summary>
    public const string NoWorker = "no_worker";

    /// <summary>The session was bound to another agent by the time the run could start.</summary>
    public const string AgentMismatch = "agent_mismatch";

    /// <summary>The agent could not be started.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>The agent threw.</summary>
    public const string AgentError = "agent_error";
}
