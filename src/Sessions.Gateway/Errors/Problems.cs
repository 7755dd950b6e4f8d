using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Which status and title each code comes with.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public const string ContentTypeField = "Content-Type";

    public const string JsonWanted = "Send the header Content-Type: application/json.";

    /// <summary>How long a client should wait before it asks again, in seconds.</summary>
    public const string RetryAfter = "1";

    public static Problem Of(string code, string? detail, string? field = null, string? runStatus = null)
    {
        var (status, title) = Describe(code);
        return new Problem
        {
            Type = $"urn:sessions:{code}",
            Title = title,
            Status = status,
            Detail = detail,
            Code = code,
            Field = field,
            RunStatus = runStatus,
        };
    }

    public static Problem Of(Refusal refusal) =>
        Of(CodeOf(refusal.Code), refusal.Message, null, refusal.RunStatus?.ToWire());

    private static string CodeOf(RefusalCode code) => code switch
    {
        RefusalCode.SessionNotFound => ProblemCodes.SessionNotFound,
        RefusalCode.SessionDeleted => ProblemCodes.SessionDeleted,
        RefusalCode.SessionConflict => ProblemCodes.SessionConflict,
        RefusalCode.SessionBusy => ProblemCodes.SessionBusy,
        RefusalCode.RunNotFound => ProblemCodes.RunNotFound,
        RefusalCode.RunConflict => ProblemCodes.RunConflict,
        RefusalCode.AgentNotFound => ProblemCodes.AgentNotFound,
        RefusalCode.AgentMismatch => ProblemCodes.AgentMismatch,
        RefusalCode.IdempotencyKeyReused => ProblemCodes.IdempotencyKeyReused,
        RefusalCode.QueueFull => ProblemCodes.QueueFull,
        RefusalCode.LeaseLost => ProblemCodes.LeaseLost,
        RefusalCode.BatchOutOfOrder => ProblemCodes.BatchOutOfOrder,
        RefusalCode.CursorAhead => ProblemCodes.CursorAhead,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "This refusal never leaves the engine."),
    };

    private static (int Status, string Title) Describe(string code) => code switch
    {
        ProblemCodes.InvalidJson => (400, "The body is not JSON"),
        ProblemCodes.InvalidRequest => (422, "The request is invalid"),
        ProblemCodes.InvalidId => (422, "The id is invalid"),
        ProblemCodes.InvalidCursor => (422, "The cursor is invalid"),
        ProblemCodes.InvalidIdempotencyKey => (422, "The idempotency key is invalid"),
        ProblemCodes.BodyTooLarge => (413, "The body is too large"),
        ProblemCodes.TextTooLarge => (413, "The text is too large"),
        ProblemCodes.MetadataTooLarge => (413, "The metadata is too large"),
        ProblemCodes.OutputItemTooLarge => (413, "The output item is too large"),
        ProblemCodes.UnsupportedMediaType => (415, "The body must be application/json"),
        ProblemCodes.NotFound => (404, "There is nothing at this path"),
        ProblemCodes.MethodNotAllowed => (405, "The path does not take this method"),
        ProblemCodes.SessionNotFound => (404, "There is no such session"),
        ProblemCodes.SessionDeleted => (410, "The session was deleted"),
        ProblemCodes.SessionConflict => (409, "The session exists and differs"),
        ProblemCodes.SessionBusy => (409, "The session has a run"),
        ProblemCodes.RunNotFound => (404, "There is no such run"),
        ProblemCodes.RunConflict => (409, "The run id is in use"),
        ProblemCodes.AgentNotFound => (404, "There is no such agent"),
        ProblemCodes.AgentMismatch => (409, "The session is bound to another agent"),
        ProblemCodes.IdempotencyKeyReused => (409, "The idempotency key was used with another payload"),
        ProblemCodes.QueueFull => (429, "The queue is full"),
        ProblemCodes.CursorAhead => (409, "The cursor lies beyond the log"),
        ProblemCodes.LeaseLost => (409, "The lease is lost"),
        ProblemCodes.BatchOutOfOrder => (409, "A batch is missing"),
        ProblemCodes.Draining => (503, "The replica is going down"),
        ProblemCodes.StoreBusy => (503, "The store is busy"),
        ProblemCodes.StoreUnavailable => (503, "The store is unavailable"),
        ProblemCodes.BadRequest => (400, "The request can't be read"),
        ProblemCodes.HostNotAllowed => (400, "The server does not answer to this name"),
        ProblemCodes.InternalError => (500, "The server failed"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}
