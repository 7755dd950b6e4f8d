namespace Sessions.Core;

/// <summary>Why a command can't be carried out.</summary>
/// <param name="Code">The kind of reason.</param>
/// <param name="Message">One line for people.</param>
/// <param name="RunStatus">With <see cref="RefusalCode.LeaseLost"/>: the run's status.</param>
public sealed record Refusal(RefusalCode Code, string Message, RunStatus? RunStatus = null);

/// <summary>The kinds of reasons.</summary>
public enum RefusalCode
{
    /// <summary>The session was never created.</summary>
    SessionNotFound,

    /// <summary>The session was deleted.</summary>
    SessionDeleted,

    /// <summary>The session exists and differs from what was asked for.</summary>
    SessionConflict,

    /// <summary>The session has a run.</summary>
    SessionBusy,

    /// <summary>The session has no such run.</summary>
    RunNotFound,

    /// <summary>The run id is in use.</summary>
    RunConflict,

    /// <summary>There is no such agent.</summary>
    AgentNotFound,

    /// <summary>The session is bound to another agent.</summary>
    AgentMismatch,

    /// <summary>The key was used with another payload.</summary>
    IdempotencyKeyReused,

    /// <summary>As many runs wait as may.</summary>
    QueueFull,

    /// <summary>The epoch is not that of the running run's lease.</summary>
    LeaseLost,

    /// <summary>A batch before this one is missing.</summary>
    BatchOutOfOrder,

    /// <summary>No run is ready to be started by this worker.</summary>
    NothingToStart,

    /// <summary>The cursor lies beyond the log.</summary>
    CursorAhead,
}
