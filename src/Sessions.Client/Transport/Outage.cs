namespace Sessions.Client;

/// <summary>A time without progress: paces the retries in it and says when it has lasted too long.</summary>
internal sealed class Outage(SessionsClientOptions options)
{
    private readonly TimeProvider _time = options.TimeProvider;
    private long? _since;
    private int _pauses;

    /// <summary>There was progress; the next fault begins another outage.</summary>
    public void Over()
    {
        _since = null;
        _pauses = 0;
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="fault">What is thrown when the outage has lasted too long.</param>
    /// <param name="retryAfter">The least time that the server asked for.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public async Task PauseAsync(SessionsException fault, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        _since ??= _time.GetTimestamp();
        var delay = NextDelay();
        if (retryAfter > delay)
        {
            delay = retryAfter.Value;
        }

        if (_time.GetElapsedTime(_since.Value) + delay > options.RetryFor)
        {
            throw fault;
        }

        options.OnRetry?.Invoke(fault, delay);
        await Task.Delay(delay, _time, cancellationToken);
    }

    private TimeSpan NextDelay()
    {
        var longest = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, _pauses++), options.MaxRetryDelay.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (options.Random.NextDouble() / 2)));
    }
}
