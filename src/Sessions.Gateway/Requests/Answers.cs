using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    public static Task AnswerAsync<T>(this HttpContext context, int status, T value, JsonTypeInfo<T> type) =>
        WriteAsync(context, status, "application/json", value, type);

    public static Task AnswerAsync(this HttpContext context, Problem problem)
    {
        if (problem.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = Problems.RetryAfter;

        return WriteAsync(context, problem.Status, Problems.ContentType, problem, ProtocolJson.Wire.Problem);
    }

    /// <summary>What was asked for; a refusal ends the request.</summary>
    public static T OrProblem<T>(this Result<T> result)
        where T : notnull => result.IsRefused ? throw new ProblemException(Problems.Of(result.Refusal)) : result.Value;

    private static async Task WriteAsync<T>(HttpContext context, int status, string contentType, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
