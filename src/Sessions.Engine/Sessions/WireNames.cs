using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The wire's words for the kernel's values, where they leave the engine as text.</summary>
public static class WireNames
{
    /// <summary>The word for an abort's reason.</summary>
    public static string ToWire(this AbortReason reason) => reason switch
    {
        AbortReason.User => "user",
        AbortReason.Superseded => "superseded",
        AbortReason.SessionReset => "session_reset",
        AbortReason.SessionDeleted => "session_deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>The word for a run's status.</summary>
    public static string ToWire(this RunStatus status) => status switch
    {
        RunStatus.Queued => "queued",
        RunStatus.Running => "running",
        RunStatus.Completed => "completed",
        RunStatus.Failed => "failed",
        RunStatus.Aborted => "aborted",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>The word for a session's status.</summary>
    public static string ToWire(this SessionStatus status) => status switch
    {
        SessionStatus.Idle => "idle",
        SessionStatus.Queued => "queued",
        SessionStatus.Running => "running",
        SessionStatus.Error => "error",
        SessionStatus.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>The word for a binding's state.</summary>
    public static string ToWire(this BindingState state) => state switch
    {
        BindingState.None => "none",
        BindingState.Bound => "bound",
        BindingState.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
