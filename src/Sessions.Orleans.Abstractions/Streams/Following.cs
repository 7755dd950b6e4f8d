namespace Sessions.Orleans.Abstractions;

/// <summary>How following a session is kept up.</summary>
public static class Following
{
    /// <summary>For how long one call of <see cref="ISessionGrain.FollowAsync"/> has events sent: 30 s.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How often whoever follows calls it: 10 s.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(10);
}
