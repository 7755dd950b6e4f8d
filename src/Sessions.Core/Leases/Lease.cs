namespace Sessions.Core;

/// <summary>
/// A worker's right to write to the running run. Keeps invariants 4, 7, 19: an epoch is given once per session and only
/// grows, and whatever names another than the current one changes nothing.
/// </summary>
/// <param name="Epoch">Names the lease in every write.</param>
/// <param name="ExpiresAt">When it expires by the store's clock unless it is extended.</param>
/// <param name="Beats">
/// How often it was extended. Extending is no decision and leaves the version alone, so what decides on a lease's
/// silence fences on this too (invariant 26).
/// </param>
/// <param name="LastBatch">The newest batch of output that landed; null before the first.</param>
public sealed record Lease(long Epoch, DateTimeOffset ExpiresAt, long Beats = 0, long? LastBatch = null)
{
    /// <summary>The lease after output or a heartbeat was accepted.</summary>
    public Lease Extend(DateTimeOffset expiresAt, long? batch) => new(Epoch, expiresAt, Beats + 1, batch ?? LastBatch);
}
