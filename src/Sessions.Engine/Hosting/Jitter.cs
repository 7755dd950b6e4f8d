namespace Sessions.Engine;

/// <summary>Spreads what replicas and claims do now and then. Many ask at once, and a <see cref="Random"/> is for one.</summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>The time, times something between the two factors.</summary>
    public TimeSpan Of(TimeSpan time, double least, double most)
    {
        lock (_gate)
            return time * (least + (random.NextDouble() * (most - least)));
    }
}
