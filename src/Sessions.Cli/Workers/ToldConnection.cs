using Sessions.Protocol;
using Sessions.Worker;

namespace Sessions.Cli;

/// <summary>Tells what a worker takes and how it ends, a line each.</summary>
internal sealed class ToldConnection(IWorkerConnection connection, Terminal terminal) : IWorkerConnection
{
    private readonly Lock _lock = new();

    public async Task<IReadOnlyList<ClaimResource>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var claims = await connection.ClaimAsync(request, cancellationToken);
        foreach (var claim in claims)
            Tell(claim.Run.SessionId, claim.Run.Id, "started");
        return claims;
    }

    public Task<ReportResult> OutputAsync(
        string sessionId, string runId, OutputRequest request, CancellationToken cancellationToken) =>
        connection.OutputAsync(sessionId, runId, request, cancellationToken);

    public Task<ReportResult> HeartbeatAsync(
        string sessionId, string runId, HeartbeatRequest request, CancellationToken cancellationToken) =>
        connection.HeartbeatAsync(sessionId, runId, request, cancellationToken);

    public async Task<ReportResult> CompleteAsync(
        string sessionId, string runId, CompleteRequest request, CancellationToken cancellationToken) =>
        Tell(sessionId, runId, "completed", await connection.CompleteAsync(sessionId, runId, request, cancellationToken));

    public async Task<ReportResult> FailAsync(
        string sessionId, string runId, FailRequest request, CancellationToken cancellationToken) =>
        Tell(
            sessionId, runId, $"failed: {request.Code}: {request.Message}",
            await connection.FailAsync(sessionId, runId, request, cancellationToken));

    public async IAsyncEnumerable<AbortSignal> SignalsAsync(
        string workerId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var signal in connection.SignalsAsync(workerId, cancellationToken))
        {
            Tell(signal.SessionId, signal.RunId, $"stopped: {signal.Reason}");
            yield return signal;
        }
    }

    private ReportResult Tell(string sessionId, string runId, string what, ReportResult result)
    {
        Tell(sessionId, runId, result is ReportResult.Accepted ? what : "ended elsewhere");
        return result;
    }

    private void Tell(string sessionId, string runId, string what)
    {
        lock (_lock)
            terminal.Out.WriteLine(Printable.Line($"run {runId} of session {sessionId} {what}"));
    }
}
