namespace Sessions.Client;

/// <summary>How a <see cref="SessionsClient"/> deals with faults, and the clock and chance that it does so by.</summary>
public sealed record SessionsClientOptions
{
    /// <summary>
    /// How long one outage may last: after this much time without any progress a call or stream gives up with the
    /// last fault. Not negative, default one minute; zero means no retries.
    /// </summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before the first retry, doubled with each further one. Above zero, default 100 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between retries, a server's <c>Retry-After</c> apart. Default 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one attempt may wait for its answer, beyond what a long poll asked for; for a stream, for its
    /// headers. Above zero, default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an event stream may bring nothing, not even a ping, before it is dropped and resumed. Above zero,
    /// default 45 s: three of the server's pings.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Is told of each fault that will be retried, and of the pause before. Null (default) for nobody.</summary>
    public Action<SessionsException, TimeSpan>? OnRetry { get; init; }

    /// <summary>The clock and the timers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the jitter of the pauses comes from: each is between half and all of its length.</summary>
    public Random Random { get; init; } = Random.Shared;

    internal SessionsClientOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryFor, TimeSpan.Zero, nameof(RetryFor));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero, nameof(RetryDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay, nameof(MaxRetryDelay));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero, nameof(RequestTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SilenceTimeout, TimeSpan.Zero, nameof(SilenceTimeout));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Random);
        return this;
    }
}
