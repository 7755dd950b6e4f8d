using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>
/// Answers what went wrong as a problem. A response that has begun is never finished as if nothing were: the connection is
/// reset instead (invariant 33).
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && Unanswered(context.Response) is { } problem)
                await context.AnswerAsync(problem).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer to.
            context.Abort();
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            if (!context.RequestAborted.IsCancellationRequested)
                logger.StreamFailed(exception, context.Request.Path);

            context.Abort();
        }
        catch (Exception exception)
        {
            await context.AnswerAsync(ProblemOf(context, exception)).ConfigureAwait(false);
        }
    }

    private static Problem? Unanswered(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.Of(ProblemCodes.NotFound, "See /openapi/v1.json for what there is."),
        StatusCodes.Status405MethodNotAllowed => Problems.Of(ProblemCodes.MethodNotAllowed, $"Allowed: {response.Headers.Allow}."),
        StatusCodes.Status415UnsupportedMediaType =>
            Problems.Of(ProblemCodes.UnsupportedMediaType, Problems.JsonWanted, Problems.ContentTypeField),
        _ => null,
    };

    private Problem ProblemOf(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case ProblemException known:
                return known.Problem;
            case StoreUnavailableException unavailable:
                return Problems.Of(unavailable.Busy ? ProblemCodes.StoreBusy : ProblemCodes.StoreUnavailable, unavailable.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.Of(ProblemCodes.BodyTooLarge, string.Create(
                    CultureInfo.InvariantCulture, $"A body has at most {Limits.BodyBytes} bytes."));
            case BadHttpRequestException unreadable:
                return Problems.Of(ProblemCodes.BadRequest, unreadable.Message);
            default:
                logger.RequestFailed(exception, context.Request.Method, context.Request.Path);
                return Problems.Of(ProblemCodes.InternalError, "The server's log says more.");
        }
    }
}
