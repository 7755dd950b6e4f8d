using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>
/// Claimed runs on their way to whoever claimed them. What does not arrive is queued again at once, where it would
/// otherwise block its session until the lease expires (invariants 21, 24).
/// </summary>
internal sealed class ClaimDelivery(IRuns runs, IReadOnlyList<ClaimedRun> claims) : IAsyncDisposable
{
    /// <summary>True once the claimer has them, as far as can be known.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>The claims as the wire has them.</summary>
    public async ValueTask<IReadOnlyList<ClaimResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<ClaimResource>(claims.Count);
        foreach (var claim in claims)
        {
            var history = await runs.ReadHistoryAsync(claim.Key, claim.Run, cancellationToken).ConfigureAwait(false);
            resources.Add(claim.ToResource(history));
        }

        return resources;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsDelivered)
            return;

        foreach (var claim in claims)
        {
            try
            {
                await runs.ReturnAsync(claim.Key, claim.Run.Id, claim.Lease.Epoch, CancellationToken.None).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Then the lease's expiry ends or requeues it.
            }
        }
    }
}
