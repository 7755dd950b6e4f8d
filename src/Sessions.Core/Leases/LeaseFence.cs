namespace Sessions.Core;

/// <summary>What the fence says of a write under a lease.</summary>
public abstract record LeaseVerdict
{
    private LeaseVerdict()
    {
    }

    /// <summary>The write may land.</summary>
    public sealed record Holds : LeaseVerdict
    {
        internal static readonly Holds Instance = new();
    }

    /// <summary>The batch has landed before: say yes, write nothing.</summary>
    public sealed record Repeated : LeaseVerdict
    {
        internal static readonly Repeated Instance = new();
    }

    /// <summary>A batch before this one is missing: the writer sends them one at a time, in order.</summary>
    /// <param name="Expected">The number of the batch that can land next.</param>
    public sealed record OutOfOrder(long Expected) : LeaseVerdict;

    /// <summary>The lease is not the running run's: write nothing, tell the writer to stop.</summary>
    public sealed record Lost : LeaseVerdict
    {
        internal static readonly Lost Instance = new();
    }
}

/// <summary>
/// The fence of output and heartbeats. Keeps invariants 4, 13, 19: they land only while their run is running under their
/// epoch, so nothing of a run appears after its terminal event.
/// </summary>
public static class LeaseFence
{
    /// <summary>Decides on a write to <paramref name="run"/> under <paramref name="epoch"/>.</summary>
    /// <param name="state">The session as it is at the commit.</param>
    /// <param name="run">The run to write to.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="batch">The batch's number, growing by one from 0 or 1 per lease; null when the writer does not count.</param>
    public static LeaseVerdict Check(SessionState state, RunId run, long epoch, long? batch)
    {
        if (state.Active is null || state.Lease is null || state.Active.Id != run || state.Lease.Epoch != epoch)
            return LeaseVerdict.Lost.Instance;

        return CheckOrder(state.Lease, batch);
    }

    /// <summary>Decides on a write under the running run's lease.</summary>
    /// <param name="lease">The lease as it is at the commit.</param>
    /// <param name="batch">The batch's number, or null.</param>
    public static LeaseVerdict CheckOrder(Lease lease, long? batch)
    {
        if (batch is not { } number)
            return LeaseVerdict.Holds.Instance;

        if (lease.LastBatch is not { } last)
            return number <= 1 ? LeaseVerdict.Holds.Instance : new LeaseVerdict.OutOfOrder(1);

        return number <= last ? LeaseVerdict.Repeated.Instance
            : number == last + 1 ? LeaseVerdict.Holds.Instance
            : new LeaseVerdict.OutOfOrder(last + 1);
    }
}
