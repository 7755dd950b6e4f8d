using System.Runtime.CompilerServices;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Gateway;
using Sessions.Protocol;
using Sessions.Worker;

namespace Sessions.Server;

/// <summary>The in-process worker's way to the engine: the worker API without HTTP, with the same shapes and checks.</summary>
internal sealed class LocalWorkerConnection(IRuns runs) : IWorkerConnection
{
    public async Task<IReadOnlyList<ClaimResource>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var claims = await runs.ClaimAsync(ClaimRequests.Read(request), cancellationToken);
        await using var delivery = new ClaimDelivery(runs, claims);

        // The leases are held by now: not even a cancelled claim may lose them.
        var resources = await delivery.ReadAsync(CancellationToken.None);
        delivery.IsDelivered = true;
        return resources;
    }

    public async Task<ReportResult> OutputAsync(
        string sessionId, string runId, OutputRequest request, CancellationToken cancellationToken)
    {
        var run = new RunId(runId);
        return Answer(await runs.OutputAsync(
            Key(sessionId), run, Fields.Epoch(request.Epoch), request.Batch, OutputItems.Read(run, request.Items), cancellationToken));
    }

    public async Task<ReportResult> HeartbeatAsync(
        string sessionId, string runId, HeartbeatRequest request, CancellationToken cancellationToken) =>
        Answer(await runs.HeartbeatAsync(Key(sessionId), new RunId(runId), Fields.Epoch(request.Epoch), cancellationToken));

    public async Task<ReportResult> CompleteAsync(
        string sessionId, string runId, CompleteRequest request, CancellationToken cancellationToken) =>
        Answer(await runs.CompleteAsync(
            Key(sessionId), new RunId(runId), Fields.Epoch(request.Epoch), request.Text, ReportFields.Usage(request.Usage), cancellationToken));

    public async Task<ReportResult> FailAsync(
        string sessionId, string runId, FailRequest request, CancellationToken cancellationToken) =>
        Answer(await runs.FailAsync(
            Key(sessionId),
            new RunId(runId),
            Fields.Epoch(request.Epoch),
            ReportFields.Error(request),
            Words.FailPhase(request.Phase),
            cancellationToken));

    public async IAsyncEnumerable<AbortSignal> SignalsAsync(
        string workerId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var signals = runs.Listen(Fields.Tenant, Fields.Worker(workerId));
        while (true)
        {
            foreach (var signal in await signals.ReadAsync(cancellationToken))
                yield return signal.ToResource();
        }
    }

    private static SessionKey Key(string sessionId) => new(Fields.Tenant, new SessionId(sessionId));

    private static ReportResult Answer<T>(Result<T> result)
        where T : notnull => result.Refusal switch
        {
            null => new ReportResult.Accepted(),
            { Code: RefusalCode.BatchOutOfOrder } refusal => throw new InvalidOperationException(refusal.Message),
            var refusal => new ReportResult.LeaseLost(refusal.RunStatus?.ToWire()),
        };
}
