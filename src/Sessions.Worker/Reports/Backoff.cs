namespace Sessions.Worker;

/// <summary>Pauses with jitter: each between a half and the whole of a bound that doubles from first to max.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan max, TimeProvider timeProvider, Random jitter)
{
    private int _failures;

    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var bound = Math.Min(first.Ticks * Math.Pow(2, Math.Min(_failures++, 30)), max.Ticks);
        var pause = TimeSpan.FromTicks((long)(bound * (0.5 + (jitter.NextDouble() / 2))));
        return Task.Delay(pause, timeProvider, cancellationToken);
    }

    public void Reset() => _failures = 0;
}
