using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Commands with everything that a test does not care about filled in.</summary>
public static class Commands
{
    public static readonly AgentName Echo = new("echo");
    public static readonly AgentName Poet = new("poet");
    public static readonly KnownAgents Agents = new(new HashSet<AgentName> { Echo, Poet }, Echo);

    public static CreateSession Create(AgentName? agent = null, string? title = null) => new(agent, title, null, Agents);

    public static SendMessage Send(string run, string text = "hello", string? key = null, AgentName? agent = null) => new()
    {
        RunId = new RunId(run),
        Text = text,
        IdempotencyKey = key,
        Fingerprint = key is null ? "" : text,
        Agent = agent,
        Timeout = TimeSpan.FromHours(1),
        QueueTimeout = TimeSpan.FromDays(1),
        MaxQueued = 100,
        Agents = Agents,
    };

    public static StartRun Start(TimeSpan leaseTtl, string worker = "w1", params AgentName[] agents) =>
        new(new WorkerId(worker), new HashSet<AgentName>(agents.Length == 0 ? Agents.Names : agents), leaseTtl);

    public static CompleteRun Complete(Run run, string? text = null) => new(run.Id, run.Epoch, text, null);

    public static AbortRuns Abort(RunId? run = null, string? key = null) => new(run, key, AbortReason.User, Agents);
}
