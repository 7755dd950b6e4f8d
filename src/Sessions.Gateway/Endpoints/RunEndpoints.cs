using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class RunEndpoints
{
    private const string KeyHeader = "Idempotency-Key";

    public static void MapRunEndpoints(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/sessions/{sid}/messages", Send).Takes<SendRequest>()
            .Gives<SendResponse>(202).GivesEvents().Refuses(404, 409, 410, 429, 503)
            .WithSummary("Send a message; with Accept: text/event-stream, follow its run to the end");
        v1.MapGet("/sessions/{sid}/runs", List).Gives<RunPage>().Refuses(404, 410).WithSummary("List runs, newest first");
        v1.MapGet("/sessions/{sid}/runs/{rid}", Get)
            .Gives<RunResource>().Refuses(404, 410).WithSummary("Read a run, now or when it is terminal");
    }

    private static async Task Send(
        HttpContext context, ISessions sessions, ReplicaState replica, SseStreams streams, string sid,
        [FromHeader(Name = KeyHeader)] string? keyHeader)
    {
        replica.RefuseWhenDraining();
        var key = Fields.Session(sid);
        var request = await context.ReadAsync(ProtocolJson.Wire.SendRequest).ConfigureAwait(false);
        var sending = Read(keyHeader, request);
        var sent = (await sessions.SendAsync(key, sending, context.RequestAborted).ConfigureAwait(false)).OrProblem();
        if (WantsEvents(context.Request))
        {
            // From just before its acceptance: the place in the log is known, so nothing can have been missed.
            var subscription = (await sessions.SubscribeAsync(
                key, sent.Run!.QueuedSeq - 1, sent.Run.Id, context.RequestAborted).ConfigureAwait(false)).OrProblem();
            await EventEndpoints.FollowAsync(context, streams, subscription).ConfigureAwait(false);
            return;
        }

        await context.AnswerAsync(
            202, new SendResponse(sent.Run!.ToResource(key), sent.Deduplicated), ProtocolJson.Wire.SendResponse)
            .ConfigureAwait(false);
    }

    private static async Task List(HttpContext context, ISessions sessions, string sid, string? limit, string? cursor)
    {
        var key = Fields.Session(sid);
        var size = Query.Limit(limit);
        var runs = (await sessions.ListRunsAsync(
            key, cursor is null ? null : Query.Seq(cursor, "cursor"), size + 1, context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        var next = runs.Count > size ? runs[size - 1].QueuedSeq.ToString(CultureInfo.InvariantCulture) : null;
        await context.AnswerAsync(
            200, new RunPage([.. runs.Take(size).Select(run => run.ToResource(key))], next), ProtocolJson.Wire.RunPage)
            .ConfigureAwait(false);
    }

    private static async Task Get(
        HttpContext context, ISessions sessions, ReplicaState replica, string sid, string rid, string? waitSeconds)
    {
        var key = Fields.Session(sid);
        var run = (await GetAsync(sessions, key, Fields.Run(rid), Query.Wait(waitSeconds), replica, context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await context.AnswerAsync(200, run.ToResource(key), ProtocolJson.Wire.RunResource).ConfigureAwait(false);
    }

    /// <summary>Waits no longer than until the replica goes down; the client may ask another one on.</summary>
    private static async ValueTask<Result<Run>> GetAsync(
        ISessions sessions, SessionKey key, RunId run, TimeSpan wait, ReplicaState replica, CancellationToken gone)
    {
        if (wait > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, replica.Leaving);
            try
            {
                return await sessions.GetRunAsync(key, run, wait, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!gone.IsCancellationRequested)
            {
            }
        }

        return await sessions.GetRunAsync(key, run, TimeSpan.Zero, gone).ConfigureAwait(false);
    }

    private static Sending Read(string? keyHeader, SendRequest request)
    {
        var key = Fields.Key(request.IdempotencyKey, "idempotencyKey");
        if (Fields.Key(keyHeader, KeyHeader) is { } named)
        {
            if (key is not null && key != named)
                throw ProblemException.Invalid(KeyHeader, "The header and the field 'idempotencyKey' differ.");

            key = named;
        }

        return new Sending(Fields.Text(request.Text, "text", Limits.MessageTextBytes))
        {
            RunId = request.RunId is null ? null : Fields.Run(request.RunId, "runId"),
            Agent = request.Agent is null ? null : Fields.Agent(request.Agent),
            IdempotencyKey = key,
            IfBusy = Words.IfBusy(request.IfBusy),
            Timeout = request.TimeoutSeconds is null
                ? null
                : TimeSpan.FromSeconds(Fields.Number(request.TimeoutSeconds, "timeoutSeconds", 0.001, Limits.TimeoutSeconds, 0)),
            MaxAttempts = (int)Fields.Number(request.MaxAttempts, "maxAttempts", 1, Limits.MaxAttempts, 1),
        };
    }

    private static bool WantsEvents(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) && type.Quality != 0);
}
