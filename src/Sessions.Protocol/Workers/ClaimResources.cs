namespace Sessions.Protocol;

/// <summary>Body of <c>POST /v1/workers/claims</c>.</summary>
public sealed record ClaimRequest
{
    /// <summary>Names the worker; the same in all its requests.</summary>
    public string? WorkerId { get; init; }

    /// <summary>The agents that the worker runs; at least one.</summary>
    public IReadOnlyList<string?>? Agents { get; init; }

    /// <summary>How many runs to take at most: 1 (default) to 100.</summary>
    public int? Max { get; init; }

    /// <summary>How long to wait for one, 0 (default) to 60.</summary>
    public double? WaitSeconds { get; init; }
}

/// <summary>The answer to a claim.</summary>
/// <param name="Claims">The runs that the worker now holds leases of; never empty.</param>
public sealed record ClaimResponse(IReadOnlyList<ClaimResource> Claims);

/// <summary>A run that a worker holds the lease of.</summary>
/// <param name="Run">The run, running.</param>
/// <param name="Session">Its session.</param>
/// <param name="Messages">The transcript up to and with the run's own input, oldest first.</param>
/// <param name="Lease">The lease.</param>
public sealed record ClaimResource(
    RunResource Run, SessionResource Session, IReadOnlyList<MessageResource> Messages, LeaseResource Lease);

/// <summary>The right to write to a run.</summary>
/// <param name="Epoch">Names this lease in every write; a later start of any run of the session has a greater one.</param>
/// <param name="TtlSeconds">How long it holds without output or heartbeat. Heartbeat at a third of it.</param>
/// <param name="ExpiresAt">When it expires by the store's clock, UTC.</param>
public sealed record LeaseResource(long Epoch, double TtlSeconds, DateTimeOffset ExpiresAt);

/// <summary>The answer to output and heartbeat.</summary>
/// <param name="Lease">The lease, extended.</param>
public sealed record LeaseResponse(LeaseResource Lease);

/// <summary>Data of the frame <c>abort</c>: stop this run, nothing that it writes will be accepted any more.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The lease that ended.</param>
/// <param name="Reason">One of <see cref="AbortReasons"/>, or the code that the run failed with.</param>
public sealed record AbortSignal(string SessionId, string RunId, long Epoch, string Reason);
