namespace Sessions.Core;

/// <summary>Where a run is in its life.</summary>
public enum RunStatus
{
    /// <summary>Accepted, waiting to start.</summary>
    Queued,

    /// <summary>A worker holds its lease.</summary>
    Running,

    /// <summary>Terminal: answered.</summary>
    Completed,

    /// <summary>Terminal: failed.</summary>
    Failed,

    /// <summary>Terminal: aborted.</summary>
    Aborted,
}

/// <summary>Why a run was aborted.</summary>
public enum AbortReason
{
    /// <summary>Somebody asked for it.</summary>
    User,

    /// <summary>A later send took its place.</summary>
    Superseded,

    /// <summary>The session was reset.</summary>
    SessionReset,

    /// <summary>The session was deleted.</summary>
    SessionDeleted,
}

/// <summary>How far a failed run had come.</summary>
public enum FailPhase
{
    /// <summary>The agent could not be started: a binding that this start made is taken back.</summary>
    Start,

    /// <summary>The agent had started.</summary>
    Run,
}
