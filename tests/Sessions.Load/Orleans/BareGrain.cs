using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Load;

/// <summary>The reference for sends through a grain: the same request and answer, and nothing done in between.</summary>
[Alias("sessions.load.IBareGrain")]
internal interface IBareGrain : IGrainWithStringKey
{
    /// <summary>Answers as a session does that accepts the message.</summary>
    [Alias("Send")]
    Task<Reply<SendOutcome>> SendAsync(SendRequest request);
}

internal sealed class BareGrain : Grain, IBareGrain
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    public Task<Reply<SendOutcome>> SendAsync(SendRequest request) => Task.FromResult(new Reply<SendOutcome>(
        new SendOutcome(
            new Run
            {
                Id = request.RunId!.Value,
                Agent = SiloPair.Agent,
                Status = RunStatus.Queued,
                MaxAttempts = request.MaxAttempts,
                Timeout = TimeSpan.FromHours(1),
                QueueTimeout = TimeSpan.FromDays(1),
                Input = request.Text,
                Generation = 1,
                QueuedSeq = 2,
                QueuedAt = At,
                QueueDeadline = At.AddDays(1),
            },
            Deduplicated: false),
        null));
}
