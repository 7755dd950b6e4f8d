namespace Sessions.Core;

/// <summary>A run: one turn of an agent in a session. Its life is drawn in <c>run-lifecycle.md</c>.</summary>
public sealed record Run
{
    /// <summary>The id, unique in its session.</summary>
    public required RunId Id { get; init; }

    /// <summary>The agent that answers.</summary>
    public required AgentName Agent { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The key of the send, if it had one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A hash of the send's payload: the same key with another one is refused.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>How often it has been started.</summary>
    public int Attempt { get; init; }

    /// <summary>How often it may be started when a worker is lost before any output.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>How long one attempt may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long it may wait to be started.</summary>
    public required TimeSpan QueueTimeout { get; init; }

    /// <summary>The worker that started it last.</summary>
    public WorkerId? Worker { get; init; }

    /// <summary>The epoch of its last lease; 0 before the first.</summary>
    public long Epoch { get; init; }

    /// <summary>What was sent.</summary>
    public required string Input { get; init; }

    /// <summary>What was answered; null until it is terminal.</summary>
    public string? Output { get; init; }

    /// <summary>Usage as the agent reported it, a JSON object.</summary>
    public string? Usage { get; init; }

    /// <summary>Why it failed.</summary>
    public RunError? Error { get; init; }

    /// <summary>Why it was aborted.</summary>
    public AbortReason? AbortReason { get; init; }

    /// <summary>The session's generation that it belongs to.</summary>
    public required long Generation { get; init; }

    /// <summary>The log record that accepted it; 0 before the commit.</summary>
    public long QueuedSeq { get; init; }

    /// <summary>The log record that ended it; 0 while there is none.</summary>
    public long EndedSeq { get; init; }

    /// <summary>True once any output of it has been accepted.</summary>
    public bool HasOutput { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it fails unless it has started.</summary>
    public required DateTimeOffset QueueDeadline { get; init; }

    /// <summary>When its current or last attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its current attempt fails unless it is terminal. Heartbeats do not move it.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When it became terminal.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True when nothing about it will change any more.</summary>
    public bool IsTerminal => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Aborted;
}
