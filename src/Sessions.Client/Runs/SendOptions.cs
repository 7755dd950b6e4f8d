using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>How a message is sent. Everything is optional.</summary>
public sealed record SendOptions
{
    /// <summary>Makes the send happen once, however often it is made; at most 256 bytes. A new UUIDv7 when null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The id for the run; the server chooses when null.</summary>
    public string? RunId { get; init; }

    /// <summary>The agent to answer; the session's when null.</summary>
    public string? Agent { get; init; }

    /// <summary>One of <see cref="IfBusyModes"/>; <c>enqueue</c> when null.</summary>
    public string? IfBusy { get; init; }

    /// <summary>
    /// How long the run may execute, counted from its start, at most seven days; the server's default when null.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often the run may be started when its worker is lost before any output: 1 (when null) to 10.</summary>
    public int? MaxAttempts { get; init; }

    internal SendRequest ToRequest(string text, TimeProvider time) => new()
    {
        Text = text,
        IdempotencyKey = IdempotencyKey ?? Ids.New(time),
        RunId = RunId,
        Agent = Agent,
        IfBusy = IfBusy,
        TimeoutSeconds = Timeout?.TotalSeconds,
        MaxAttempts = MaxAttempts,
    };
}
