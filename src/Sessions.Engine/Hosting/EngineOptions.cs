namespace Sessions.Engine;

/// <summary>What can be set about an engine. All times are positive.</summary>
public sealed record EngineOptions
{
    /// <summary>How long a lease holds without output or heartbeat. Default 15 s.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the sweeper looks for what is due. Default 1 s.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often lost hints from other replicas are made up for, and the others told again of the workers that are connected
    /// to this one. Default 1 s.
    /// </summary>
    public TimeSpan RepairInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an attempt may take when the send does not say. Default 1 h.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a run may wait to start. Default 1 day.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How many runs of a session may wait behind the one that runs or is about to. Default 20.</summary>
    public int MaxQueued { get; init; } = 20;
}
