namespace Sessions.Client;

/// <summary>A request that the server refused, or that could not be brought to an end.</summary>
public class SessionsException : Exception
{
    internal SessionsException(
        string code, int? status, string? detail, string? field, string? sessionId, string? runId,
        Exception? inner = null)
        : base(Describe(code, detail, field, sessionId, runId), inner)
    {
        Code = code;
        Status = status;
        Detail = detail;
        Field = field;
        SessionId = sessionId;
        RunId = runId;
    }

    /// <summary>
    /// One of <see cref="Protocol.ProblemCodes"/>, or of <see cref="ClientCodes"/> when the server did not say.
    /// </summary>
    public string Code { get; }

    /// <summary>The HTTP status, or null when there was no answer.</summary>
    public int? Status { get; }

    /// <summary>What went wrong, for people, or null.</summary>
    public string? Detail { get; }

    /// <summary>The field, header or query key that the server found wrong, or null.</summary>
    public string? Field { get; }

    /// <summary>The session that the request was about, or null.</summary>
    public string? SessionId { get; }

    /// <summary>The run that the request was about, or null.</summary>
    public string? RunId { get; }

    private static string Describe(string code, string? detail, string? field, string? sessionId, string? runId)
    {
        var about = (sessionId, runId) switch
        {
            (null, _) => "",
            (_, null) => $" [session {sessionId}]",
            _ => $" [session {sessionId}, run {runId}]",
        };
        return $"{code}{(field is null ? "" : $" ({field})")}{(detail is null ? "" : $": {detail}")}{about}";
    }
}
