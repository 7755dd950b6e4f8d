using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The workers' door: what executors of runs ask of sessions.</summary>
public interface IRuns
{
    /// <summary>Starts ready runs for a worker; waits for one when there is none.</summary>
    /// <returns>The runs that the worker now holds leases of; empty when the wait is up.</returns>
    ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>The transcript that an agent answers to: what was said before the run, and the run's own input last.</summary>
    ValueTask<IReadOnlyList<Message>> ReadHistoryAsync(SessionKey key, Run run, CancellationToken cancellationToken);

    /// <summary>Appends output and extends the lease.</summary>
    ValueTask<Result<HeldLease>> OutputAsync(
        SessionKey key, RunId run, long epoch, long? batch, ImmutableArray<OutputEvent> output, CancellationToken cancellationToken);

    /// <summary>Extends the lease.</summary>
    ValueTask<Result<HeldLease>> HeartbeatAsync(SessionKey key, RunId run, long epoch, CancellationToken cancellationToken);

    /// <summary>Ends the run as completed.</summary>
    ValueTask<Result<Run>> CompleteAsync(
        SessionKey key, RunId run, long epoch, string? text, string? usage, CancellationToken cancellationToken);

    /// <summary>Ends the run as failed, or queues it again.</summary>
    ValueTask<Result<Run>> FailAsync(
        SessionKey key, RunId run, long epoch, RunError error, FailPhase phase, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back a start that its worker never learned of, because whoever claimed was gone before the answer: the run is
    /// ready again at once, and the attempt does not count. Refused when the worker was heard from, or the run is over.
    /// </summary>
    ValueTask<Result<Run>> ReturnAsync(SessionKey key, RunId run, long epoch, CancellationToken cancellationToken);

    /// <summary>Hears which of the worker's runs to stop. The worker counts as connected until it is disposed.</summary>
    IWorkerSignals Listen(TenantId tenant, WorkerId worker);
}

/// <summary>What a worker asks for.</summary>
/// <param name="Tenant">The tenant whose runs it executes.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Agents">The agents that it runs.</param>
/// <param name="Max">How many runs at most.</param>
/// <param name="Wait">How long to wait for one.</param>
public sealed record Claim(TenantId Tenant, WorkerId Worker, IReadOnlySet<AgentName> Agents, int Max, TimeSpan Wait);

/// <summary>A run that a worker holds the lease of.</summary>
/// <param name="Key">Its session.</param>
/// <param name="Run">The run.</param>
/// <param name="Session">The session just after the start.</param>
/// <param name="Lease">The lease.</param>
public sealed record ClaimedRun(SessionKey Key, Run Run, SessionSnapshot Session, HeldLease Lease)
{
    /// <summary>The run of a session that was just started, with its lease.</summary>
    internal static ClaimedRun Of(SessionState state, Run run, TimeSpan leaseTtl) =>
        new(state.Key, run, SessionSnapshot.Of(state), new HeldLease(state.Lease!.Epoch, leaseTtl, state.Lease.ExpiresAt));
}

/// <summary>A lease as its worker sees it.</summary>
/// <param name="Epoch">Names it in every write.</param>
/// <param name="Ttl">How long it holds without output or heartbeat.</param>
/// <param name="ExpiresAt">When it expires by the store's clock.</param>
public sealed record HeldLease(long Epoch, TimeSpan Ttl, DateTimeOffset ExpiresAt);

/// <summary>Tells a worker to stop a run: nothing that it writes to it is accepted any more.</summary>
/// <param name="Key">The session.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The lease that ended.</param>
/// <param name="Reason">Why, as on the wire: an abort's reason, or the code that the run failed with.</param>
public sealed record WorkerSignal(SessionKey Key, WorkerId Worker, RunId Run, long Epoch, string Reason);
