using System.Collections.Immutable;

namespace Sessions.Core.Tests;

/// <summary>Commands as tests need them when the details do not matter.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly AgentName A = new("a");

    public static readonly AgentName B = new("b");

    public static readonly AgentName C = new("c");

    public static readonly AgentName Unknown = new("unknown");

    public static readonly KnownAgents Agents = new(ImmutableHashSet.Create(A, B, C), A);

    public static readonly TimeSpan LeaseTtl = TimeSpan.FromSeconds(15);

    public static SendMessage Send(string run, string? key = null, AgentName? agent = null, string text = "hello") => new()
    {
        RunId = new(run),
        Text = text,
        Agent = agent,
        IdempotencyKey = key,
        Fingerprint = text,
        Timeout = TimeSpan.FromHours(1),
        QueueTimeout = TimeSpan.FromDays(1),
        MaxQueued = 20,
        Agents = Agents,
    };

    public static StartRun Start(string worker = "w1") => new(new(worker), Agents.Names, LeaseTtl);
}
