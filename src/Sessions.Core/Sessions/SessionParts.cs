namespace Sessions.Core;

/// <summary>Whether a session exists.</summary>
public enum SessionExistence
{
    /// <summary>It was never created.</summary>
    None,

    /// <summary>It exists.</summary>
    Live,

    /// <summary>It was deleted; its id is not used again.</summary>
    Deleted,
}

/// <summary>How a session stands.</summary>
public enum SessionStatus
{
    /// <summary>Nothing runs and nothing is wrong.</summary>
    Idle,

    /// <summary>Runs wait and none is running.</summary>
    Queued,

    /// <summary>A run is running.</summary>
    Running,

    /// <summary>Nothing runs; the last run failed and the session has a binding.</summary>
    Error,

    /// <summary>Nothing runs; the last run failed without a binding, or its worker was stopped on purpose.</summary>
    Stopped,
}

/// <summary>How a session stands when nothing runs.</summary>
public enum RestStatus
{
    /// <summary>Nothing is wrong.</summary>
    Idle,

    /// <summary>The last run failed and the session has a binding.</summary>
    Error,

    /// <summary>The last run failed without a binding, or its worker was stopped on purpose.</summary>
    Stopped,
}

/// <summary>Whether an agent is bound to a session.</summary>
public enum BindingState
{
    /// <summary>No agent has started in it since its creation or last reset.</summary>
    None,

    /// <summary>The agent has started in it.</summary>
    Bound,

    /// <summary>As bound, but the agent's worker was stopped on purpose.</summary>
    Stopped,
}

/// <summary>The agent that a session is bound to until a reset.</summary>
/// <param name="State">Whether there is one.</param>
/// <param name="Agent">The agent; null exactly when the state is <see cref="BindingState.None"/>.</param>
public sealed record Binding(BindingState State, AgentName? Agent)
{
    /// <summary>No agent.</summary>
    public static Binding None { get; } = new(BindingState.None, null);
}

/// <summary>The error of a session's last failed run.</summary>
/// <param name="Error">Why it failed.</param>
/// <param name="Run">The run.</param>
/// <param name="At">When it failed.</param>
public sealed record SessionError(RunError Error, RunId Run, DateTimeOffset At);

/// <summary>The run of a session that became terminal last.</summary>
/// <param name="Id">The run.</param>
/// <param name="Status">Its terminal status.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record LastRun(RunId Id, RunStatus Status, DateTimeOffset EndedAt);
