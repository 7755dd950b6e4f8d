namespace Sessions.Cluster.Tests;

/// <summary>The servers' times, and what a test allows beyond them.</summary>
internal static class Times
{
    /// <summary>How long a worker may be silent.</summary>
    public static readonly TimeSpan LeaseTtl = TimeSpan.FromSeconds(3);

    /// <summary>How often each replica ends what is due.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What a loaded machine may add to a bound: a hang is to be caught, not a scheduler. It covers the commit, replicas that
    /// reconnect to a database that has come back, and two cores shared with other builds.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(8);

    /// <summary>Invariant 2: how long a run may outlive its worker.</summary>
    public static readonly TimeSpan Bound = LeaseTtl + SweepInterval + Slack;

    /// <summary>How long a replica is stopped so that its leases are over before it goes on.</summary>
    public static readonly TimeSpan BeyondLease = LeaseTtl + SweepInterval + TimeSpan.FromSeconds(2);

    /// <summary>How long the database is away.</summary>
    public static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt of a call may take; a stopped replica answers nothing.</summary>
    public static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    /// <summary>How long a caller goes on trying: longer than any fault lasts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long a process may take to start or to end.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(60);
}
