namespace Sessions.Core.Tests.Checking;

/// <summary>Equality of what holds collections.</summary>
internal static class Same
{
    /// <summary>Equal but for the lease's volatile parts, which output and heartbeats change without a record.</summary>
    public static bool States(SessionState one, SessionState other) =>
        one.Queue.AsSpan().SequenceEqual(other.Queue.AsSpan())
        && one.Metadata.SequenceEqual(other.Metadata)
        && Bare(one) == Bare(other);

    private static SessionState Bare(SessionState state) => state with
    {
        Queue = [],
        Metadata = SessionState.NoMetadata,
        Lease = state.Lease is { } lease ? new Lease(lease.Epoch, default) : null,
    };
}
