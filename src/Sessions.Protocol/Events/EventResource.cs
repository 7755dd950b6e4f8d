using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sessions.Protocol;

/// <summary>
/// The data of one event frame; which of the optional fields it carries depends on <see cref="Type"/>
/// (see <see cref="EventTypes"/>). Fields that a type does not carry are absent.
/// </summary>
public sealed record EventResource
{
    /// <summary>The record's place in the session's log, gapless, also the frame's <c>id</c>.</summary>
    public required long Seq { get; init; }

    /// <summary>One of <see cref="EventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>The run, on all <c>run.*</c> types.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RunId { get; init; }

    /// <summary>When it was committed, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>On <c>run.delta</c>, <c>run.content</c> and <c>run.notice</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>On <c>session.*</c>: the session just after the event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionResource? Session { get; init; }

    /// <summary>On <c>run.queued</c> and the three terminal types: the run just after the event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunResource? Run { get; init; }

    /// <summary>On <c>run.started</c> and <c>run.requeued</c>: which start of the run it is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Attempt { get; init; }

    /// <summary>On <c>run.started</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkerId { get; init; }

    /// <summary>On <c>run.requeued</c>: why the run goes back into the queue.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorResource? Error { get; init; }

    /// <summary>On <c>run.tool</c>: names one call of a tool within the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToolCallId { get; init; }

    /// <summary>On <c>run.tool</c>: the tool's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>On <c>run.tool</c>: <c>started</c> or <c>result</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Phase { get; init; }

    /// <summary>On <c>run.tool</c>: the call's arguments, any JSON.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Arguments { get; init; }

    /// <summary>On <c>run.tool</c>: the call's result, any JSON.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Result { get; init; }
}

/// <summary>Data of the frame <c>synchronized</c>: the backlog is delivered, what follows is live.</summary>
/// <param name="LastSeq">The seq of the last record delivered or passed over; absent on a tenant's watch.</param>
public sealed record SynchronizedResource(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? LastSeq);

/// <summary>Data of the frame <c>end</c>, the last of a stream that ends as it should.</summary>
/// <param name="Reason"><c>run_ended</c> or <c>session_deleted</c>.</param>
public sealed record EndResource(string Reason);

/// <summary>The values of <see cref="EventResource.Type"/>, and the names of frames without an id.</summary>
public static class EventTypes
{
    /// <summary>The session exists.</summary>
    public const string SessionCreated = "session.created";

    /// <summary>Title, metadata or a pending abort changed.</summary>
    public const string SessionUpdated = "session.updated";

    /// <summary>A new generation begins.</summary>
    public const string SessionReset = "session.reset";

    /// <summary>The last record of a session.</summary>
    public const string SessionDeleted = "session.deleted";

    /// <summary>A run was accepted.</summary>
    public const string RunQueued = "run.queued";

    /// <summary>A worker took the run.</summary>
    public const string RunStarted = "run.started";

    /// <summary>A piece of streamed text.</summary>
    public const string RunDelta = "run.delta";

    /// <summary>A whole block of text.</summary>
    public const string RunContent = "run.content";

    /// <summary>A tool call began or returned.</summary>
    public const string RunTool = "run.tool";

    /// <summary>Shown to people, no part of the transcript.</summary>
    public const string RunNotice = "run.notice";

    /// <summary>The run lost its worker before any output and waits again.</summary>
    public const string RunRequeued = "run.requeued";

    /// <summary>Terminal: answered.</summary>
    public const string RunCompleted = "run.completed";

    /// <summary>Terminal: failed.</summary>
    public const string RunFailed = "run.failed";

    /// <summary>Terminal: aborted.</summary>
    public const string RunAborted = "run.aborted";

    /// <summary>Frame without an id: the backlog is delivered.</summary>
    public const string Synchronized = "synchronized";

    /// <summary>Frame without an id: the stream ends here, as it should.</summary>
    public const string End = "end";

    /// <summary>Frame of a tenant's watch: a session resource.</summary>
    public const string Session = "session";

    /// <summary>Frame of a worker's signals: stop a run.</summary>
    public const string Abort = "abort";

    /// <summary>True for the three types after which nothing of the run follows.</summary>
    public static bool IsTerminal(string type) => type is RunCompleted or RunFailed or RunAborted;
}

/// <summary>The values of <see cref="EndResource.Reason"/>.</summary>
public static class EndReasons
{
    /// <summary>The run that the stream is about is terminal.</summary>
    public const string RunEnded = "run_ended";

    /// <summary>The session was deleted.</summary>
    public const string SessionDeleted = "session_deleted";
}
