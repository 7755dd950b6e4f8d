namespace Sessions.Load;

/// <summary>What scenario <c>streams</c> streams.</summary>
/// <param name="Runs">How many runs at the same time.</param>
/// <param name="Rate">Deltas per second of each.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Subscribers">How many of them are followed meanwhile.</param>
internal sealed record StreamsSettings(int Runs, int Rate, int Seconds, int Subscribers)
{
    /// <summary>Of each run.</summary>
    public int Deltas => Rate * Seconds;

    /// <summary>Of all runs.</summary>
    public int PerSecond => Runs * Rate;
}
