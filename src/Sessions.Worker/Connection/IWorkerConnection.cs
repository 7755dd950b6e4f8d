using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// A worker's way to the control plane: in the server's own process over the engine, elsewhere over HTTP.
/// Its calls are those of the worker API, with the same shapes.
/// </summary>
/// <remarks>
/// Transport faults surface as exceptions and the call may be repeated: claims that got lost expire by their lease,
/// output is deduplicated by <see cref="OutputRequest.Batch"/>, and a repeated terminal report answers as the first did.
/// </remarks>
public interface IWorkerConnection
{
    /// <summary>Takes runs to execute, waiting up to the request's <c>waitSeconds</c>; empty when there was none.</summary>
    /// <remarks>
    /// A draining worker cancels the call. One that has taken runs by then returns them all the same: they are handed back
    /// at once, where a cancellation would leave them to the expiry of their leases.
    /// </remarks>
    Task<IReadOnlyList<ClaimResource>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Appends output and extends the lease.</summary>
    Task<ReportResult> OutputAsync(string sessionId, string runId, OutputRequest request, CancellationToken cancellationToken);

    /// <summary>Extends the lease.</summary>
    Task<ReportResult> HeartbeatAsync(string sessionId, string runId, HeartbeatRequest request, CancellationToken cancellationToken);

    /// <summary>Ends the run as completed.</summary>
    Task<ReportResult> CompleteAsync(string sessionId, string runId, CompleteRequest request, CancellationToken cancellationToken);

    /// <summary>Ends the run as failed, or queues it again where it may be tried again.</summary>
    Task<ReportResult> FailAsync(string sessionId, string runId, FailRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The runs to stop, as they are decided. While it is enumerated the worker counts as connected. A signal is a
    /// hint: one that is lost is made up for by the <see cref="ReportResult.LeaseLost"/> of the next report.
    /// </summary>
    IAsyncEnumerable<AbortSignal> SignalsAsync(string workerId, CancellationToken cancellationToken);
}

/// <summary>What became of a report.</summary>
public abstract record ReportResult
{
    private ReportResult()
    {
    }

    /// <summary>The report counts.</summary>
    public sealed record Accepted : ReportResult;

    /// <summary>Nothing was changed: the run is terminal, was queued again, or is held under another epoch. Stop.</summary>
    /// <param name="RunStatus">The run's status now, one of <see cref="RunStatuses"/>; null when there is no such run.</param>
    public sealed record LeaseLost(string? RunStatus) : ReportResult;
}
