using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>Reads answers: what was asked for, or the problem instead.</summary>
internal static class Answers
{
    public static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, Call call, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var answer = await JsonSerializer.DeserializeAsync(stream, type, cancellationToken);
            return IsWhole(answer) ? answer! : throw new JsonException("fields are missing");
        }
        catch (JsonException e)
        {
            throw Unexpected(response, call, e.Message, e);
        }
    }

    public static async Task<SessionsException> ReadProblemAsync(
        HttpResponseMessage response, Call call, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return Unexpected(response, call, response.ReasonPhrase, null);
        }

        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var problem = await JsonSerializer.DeserializeAsync(stream, ProtocolJson.Default.Problem, cancellationToken);
            return problem is null
                ? Unexpected(response, call, "an empty problem", null)
                : new SessionsException(
                    problem.Code, (int)response.StatusCode, problem.Detail ?? problem.Title, problem.Field,
                    call.SessionId, call.RunId);
        }
        catch (JsonException e)
        {
            return Unexpected(response, call, e.Message, e);
        }
    }

    public static SessionsException Unexpected(HttpResponseMessage response, Call call, string? detail, Exception? inner)
    {
        var status = (int)response.StatusCode;
        return new SessionsException(
            ClientCodes.UnexpectedAnswer, status, $"{call.Method} {call.Path} answered {status}: {detail}", null,
            call.SessionId, call.RunId, inner);
    }

    /// <summary>The time that the answer asks to wait, or null.</summary>
    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider time) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static bool IsWhole(object? answer) => answer is not (null
        or SendResponse { Run: null }
        or AbortResponse { Aborted: null } or AbortResponse { AlreadyTerminal: null }
        or SessionPage { Items: null } or RunPage { Items: null } or MessageList { Items: null } or AgentList { Items: null });
}
