namespace Sessions.Protocol;

/// <summary>Body of <c>POST /v1/sessions/{sid}/messages</c>.</summary>
public sealed record SendRequest
{
    /// <summary>What to say, at most <see cref="Limits.MessageTextBytes"/> as UTF-8, not empty.</summary>
    public string? Text { get; init; }

    /// <summary>Makes the send idempotent for the session's life. The header <c>Idempotency-Key</c> serves too.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The id for the run; the server chooses a UUIDv7 when it is null.</summary>
    public string? RunId { get; init; }

    /// <summary>The agent to answer; by default the one that the session is bound to, else the session's own.</summary>
    public string? Agent { get; init; }

    /// <summary>One of <see cref="IfBusyModes"/>; <c>enqueue</c> by default.</summary>
    public string? IfBusy { get; init; }

    /// <summary>The execution deadline in seconds, counted from the start; the server's default when null.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>How often the run may be started when its worker is lost before any output: 1 (default) to 10.</summary>
    public int? MaxAttempts { get; init; }
}

/// <summary>The answer to a send.</summary>
/// <param name="Run">The run.</param>
/// <param name="Deduplicated">True when an earlier send with the same key had made it.</param>
public sealed record SendResponse(RunResource Run, bool Deduplicated);

/// <summary>A page of a session's runs.</summary>
/// <param name="Items">The runs, newest first.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record RunPage(IReadOnlyList<RunResource> Items, string? NextCursor);

/// <summary>What a send does when the session has a run already.</summary>
public static class IfBusyModes
{
    /// <summary>Wait in the queue.</summary>
    public const string Enqueue = "enqueue";

    /// <summary>Be refused with <c>session_busy</c>.</summary>
    public const string Reject = "reject";

    /// <summary>Abort the active run as <c>superseded</c>, then run.</summary>
    public const string Interrupt = "interrupt";
}
