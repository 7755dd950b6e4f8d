using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class SessionEndpoints
{
    public static void MapSessionEndpoints(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/sessions", Create).Takes<CreateSessionRequest>()
            .Gives<SessionResource>(201, 200).Refuses(404, 409, 410).WithSummary("Create a session");
        v1.MapGet("/sessions", List).Gives<SessionPage>().WithSummary("List sessions, newest change first");
        v1.MapGet("/sessions/{sid}", Get).Gives<SessionResource>().Refuses(404, 410).WithSummary("Read a session");
        v1.MapPatch("/sessions/{sid}", Update).Takes<UpdateSessionRequest>()
            .Gives<SessionResource>().Refuses(404, 410).WithSummary("Change a session's title or metadata");
        v1.MapPost("/sessions/{sid}/reset", Reset)
            .Gives<SessionResource>().Refuses(404, 410).WithSummary("Abort every run and begin a new generation");
        v1.MapDelete("/sessions/{sid}", Delete)
            .Gives(204).Refuses(404).WithSummary("Abort every run and delete the session");
        v1.MapPost("/sessions/{sid}/abort", Abort).Takes<AbortRequest>()
            .Gives<AbortResponse>().Refuses(404, 409, 410).WithSummary("Abort one run, by id or key, or all of them");
        v1.MapGet("/sessions/{sid}/messages", Messages)
            .Gives<MessageList>().Refuses(404, 409, 410).WithSummary("List the transcript");
    }

    private static async Task Create(HttpContext context, ISessions sessions, ReplicaState replica, TimeProvider time)
    {
        replica.RefuseWhenDraining();
        var request = await context.ReadAsync(ProtocolJson.Wire.CreateSessionRequest).ConfigureAwait(false);
        var key = Fields.Session(request.Id ?? Identifier.New(time.GetUtcNow()), "id");
        var created = (await sessions.CreateAsync(
            key,
            request.Agent is null ? null : Fields.Agent(request.Agent),
            Fields.Title(request.Title),
            Fields.Metadata(request.Metadata),
            context.RequestAborted).ConfigureAwait(false)).OrProblem();

        if (created.Created)
            context.Response.Headers.Location = $"/v1/sessions/{Uri.EscapeDataString(key.Session.Value)}";

        await context.AnswerAsync(created.Created ? 201 : 200, created.Session.ToResource(), ProtocolJson.Wire.SessionResource)
            .ConfigureAwait(false);
    }

    private static async Task List(
        HttpContext context, ISessions sessions, string? status, string? active, string? agent, string? limit, string? cursor)
    {
        var query = new SessionQuery(
            Fields.Tenant,
            Words.Status(status),
            Words.Bool(active, "active"),
            agent is null ? null : Fields.Agent(agent),
            Query.Limit(limit),
            cursor);
        var page = await sessions.ListAsync(query, context.RequestAborted).ConfigureAwait(false)
            ?? throw ProblemException.Of(ProblemCodes.InvalidCursor, "'cursor' is none that this list gave.", "cursor");
        await context.AnswerAsync(
            200, new SessionPage([.. page.Items.Select(session => session.ToResource())], page.Next), ProtocolJson.Wire.SessionPage)
            .ConfigureAwait(false);
    }

    private static async Task Get(HttpContext context, ISessions sessions, string sid)
    {
        var session = (await sessions.GetAsync(Fields.Session(sid), context.RequestAborted).ConfigureAwait(false)).OrProblem();
        await AnswerAsync(context, session).ConfigureAwait(false);
    }

    private static async Task Update(HttpContext context, ISessions sessions, string sid)
    {
        var key = Fields.Session(sid);
        var request = await context.ReadAsync(ProtocolJson.Wire.UpdateSessionRequest).ConfigureAwait(false);
        var session = (await sessions.UpdateAsync(
            key, Fields.Title(request.Title), Fields.Metadata(request.Metadata), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await AnswerAsync(context, session).ConfigureAwait(false);
    }

    private static async Task Reset(HttpContext context, ISessions sessions, string sid)
    {
        var session = (await sessions.ResetAsync(Fields.Session(sid), context.RequestAborted).ConfigureAwait(false)).OrProblem();
        await AnswerAsync(context, session).ConfigureAwait(false);
    }

    private static async Task Delete(HttpContext context, ISessions sessions, string sid)
    {
        (await sessions.DeleteAsync(Fields.Session(sid), context.RequestAborted).ConfigureAwait(false)).OrProblem();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task Abort(HttpContext context, ISessions sessions, string sid)
    {
        var key = Fields.Session(sid);
        var request = await context.ReadAsync(ProtocolJson.Wire.AbortRequest).ConfigureAwait(false);
        var abort = (await sessions.AbortAsync(
            key,
            request.RunId is null ? null : Fields.Run(request.RunId, "runId"),
            Fields.Key(request.IdempotencyKey, "idempotencyKey"),
            Words.AbortReason(request.Reason),
            context.RequestAborted).ConfigureAwait(false)).OrProblem();
        await context.AnswerAsync(
            200,
            new AbortResponse(
                [.. abort.Aborted.Select(run => run.Value)], [.. abort.AlreadyTerminal.Select(run => run.Value)], abort.Pending),
            ProtocolJson.Wire.AbortResponse).ConfigureAwait(false);
    }

    private static async Task Messages(HttpContext context, ISessions sessions, string sid, string? after, string? limit)
    {
        var messages = (await sessions.ListMessagesAsync(
            Fields.Session(sid), Query.Seq(after, "after"), Query.Limit(limit), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await context.AnswerAsync(
            200, new MessageList([.. messages.Select(message => message.ToResource())]), ProtocolJson.Wire.MessageList)
            .ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, SessionSnapshot session) =>
        context.AnswerAsync(200, session.ToResource(), ProtocolJson.Wire.SessionResource);
}
