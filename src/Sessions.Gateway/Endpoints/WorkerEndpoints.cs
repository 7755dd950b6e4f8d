using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class WorkerEndpoints
{
    public static void MapWorkerEndpoints(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/workers/claims", Claim).Takes<ClaimRequest>()
            .Gives<ClaimResponse>().Gives(204).Refuses(503).WithSummary("Take runs to execute");
        v1.MapGet("/workers/{workerId}/signals", Signals).GivesEvents().WithSummary("Hear which runs to stop");
        v1.MapPost("/sessions/{sid}/runs/{rid}/output", Output).Takes<OutputRequest>()
            .Gives<LeaseResponse>().Refuses(404, 409).WithSummary("Append output and extend the lease");
        v1.MapPost("/sessions/{sid}/runs/{rid}/heartbeat", Heartbeat).Takes<HeartbeatRequest>()
            .Gives<LeaseResponse>().Refuses(404, 409).WithSummary("Extend the lease");
        v1.MapPost("/sessions/{sid}/runs/{rid}/complete", Complete).Takes<CompleteRequest>()
            .Gives<RunResource>().Refuses(404, 409).WithSummary("End the run as completed");
        v1.MapPost("/sessions/{sid}/runs/{rid}/fail", Fail).Takes<FailRequest>()
            .Gives<RunResource>().Refuses(404, 409).WithSummary("End the run as failed, or queue it again");
    }

    private static async Task Claim(HttpContext context, IRuns runs, ReplicaState replica)
    {
        replica.RefuseWhenDraining();
        var request = await context.ReadAsync(ProtocolJson.Wire.ClaimRequest).ConfigureAwait(false);
        var claims = await ClaimAsync(runs, ClaimRequests.Read(request), replica, context.RequestAborted).ConfigureAwait(false);
        if (claims.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var delivery = new ClaimDelivery(runs, claims);
        await using (delivery.ConfigureAwait(false))
        {
            var answer = new ClaimResponse(await delivery.ReadAsync(context.RequestAborted).ConfigureAwait(false));
            if (Peer.IsGone(context))
                return;

            await context.AnswerAsync(200, answer, ProtocolJson.Wire.ClaimResponse).ConfigureAwait(false);

            // Who closes the connection now may well have read it, and run what it was given: only the lease can tell.
            delivery.IsDelivered = true;
        }
    }

    /// <summary>Waits no longer than until the replica goes down.</summary>
    private static async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(
        IRuns runs, Claim claim, ReplicaState replica, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, replica.Draining);
        try
        {
            return await runs.ClaimAsync(claim, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return [];
        }
    }

    private static async Task Signals(HttpContext context, IRuns runs, SseStreams streams, string workerId)
    {
        using var signals = runs.Listen(Fields.Tenant, Fields.Worker(workerId));
        var stream = await SseStream.OpenAsync(context, streams, signals.Wake).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            Func<CancellationToken, ValueTask<IReadOnlyList<WorkerSignal>?>> read = ReadAsync;
            while (true)
            {
                foreach (var signal in await stream.NextAsync(read).ConfigureAwait(false) ?? [])
                {
                    await stream.WriteAsync(SseFrames.Frame(EventTypes.Abort, signal.ToResource(), ProtocolJson.Wire.AbortSignal))
                        .ConfigureAwait(false);
                }
            }
        }

        async ValueTask<IReadOnlyList<WorkerSignal>?> ReadAsync(CancellationToken cancellationToken) =>
            await signals.ReadAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } heard ? heard : null;
    }

    private static async Task Output(HttpContext context, IRuns runs, string sid, string rid)
    {
        var key = Fields.Session(sid);
        var run = Fields.Run(rid);
        var request = await context.ReadAsync(ProtocolJson.Wire.OutputRequest).ConfigureAwait(false);
        var epoch = Fields.Epoch(request.Epoch);
        var batch = request.Batch is < 0 ? throw ProblemException.Invalid("batch", "'batch' can't be negative.") : request.Batch;
        var lease = (await runs.OutputAsync(key, run, epoch, batch, OutputItems.Read(run, request.Items), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await AnswerAsync(context, lease).ConfigureAwait(false);
    }

    private static async Task Heartbeat(HttpContext context, IRuns runs, string sid, string rid)
    {
        var key = Fields.Session(sid);
        var run = Fields.Run(rid);
        var request = await context.ReadAsync(ProtocolJson.Wire.HeartbeatRequest).ConfigureAwait(false);
        var lease = (await runs.HeartbeatAsync(key, run, Fields.Epoch(request.Epoch), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await AnswerAsync(context, lease).ConfigureAwait(false);
    }

    private static async Task Complete(HttpContext context, IRuns runs, string sid, string rid)
    {
        var key = Fields.Session(sid);
        var run = Fields.Run(rid);
        var request = await context.ReadAsync(ProtocolJson.Wire.CompleteRequest).ConfigureAwait(false);
        var ended = (await runs.CompleteAsync(
            key, run, Fields.Epoch(request.Epoch), request.Text, ReportFields.Usage(request.Usage), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await context.AnswerAsync(200, ended.ToResource(key), ProtocolJson.Wire.RunResource).ConfigureAwait(false);
    }

    private static async Task Fail(HttpContext context, IRuns runs, string sid, string rid)
    {
        var key = Fields.Session(sid);
        var run = Fields.Run(rid);
        var request = await context.ReadAsync(ProtocolJson.Wire.FailRequest).ConfigureAwait(false);
        var ended = (await runs.FailAsync(
            key, run, Fields.Epoch(request.Epoch), ReportFields.Error(request), Words.FailPhase(request.Phase), context.RequestAborted)
            .ConfigureAwait(false)).OrProblem();
        await context.AnswerAsync(200, ended.ToResource(key), ProtocolJson.Wire.RunResource).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, HeldLease lease) =>
        context.AnswerAsync(200, new LeaseResponse(lease.ToResource()), ProtocolJson.Wire.LeaseResponse);
}
