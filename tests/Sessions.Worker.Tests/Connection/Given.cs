using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>Claims as a control plane gives them.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public const double TtlSeconds = 15;

    public static ClaimResource Claim(
        string run = "r1", string session = "s1", string agent = "agent", string text = "hello there", long epoch = 1,
        double ttlSeconds = TtlSeconds, params MessageResource[] history) => new(
        new RunResource
        {
            Id = run,
            SessionId = session,
            Agent = agent,
            Status = RunStatuses.Running,
            Attempt = 1,
            Input = new(text),
            QueuedAt = Now,
            StartedAt = Now,
        },
        new SessionResource
        {
            Id = session,
            Agent = agent,
            Metadata = new Dictionary<string, string>(),
            Status = SessionStatuses.Running,
            HasActiveRun = true,
            ActiveRunId = run,
            QueuedRunIds = [],
            Binding = new(BindingStates.Bound, agent),
            Version = 1,
            LastSeq = 1,
            Generation = 1,
            CreatedAt = Now,
            UpdatedAt = Now,
        },
        [.. history, Message(MessageRoles.User, text, run)],
        new LeaseResource(epoch, ttlSeconds, Now.AddSeconds(ttlSeconds)));

    public static MessageResource Message(string role, string text, string run, string status = RunStatuses.Completed) =>
        new($"{run}-{role}", role, text, run, status, Now, 1);

    public static AgentRun Run(ClaimResource claim) => new(claim.Run, claim.Session, claim.Messages, claim.Lease);
}
