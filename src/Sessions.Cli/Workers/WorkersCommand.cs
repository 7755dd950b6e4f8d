using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary><c>sessions workers</c>: which agents have workers connected.</summary>
internal sealed class WorkersCommand(Terminal terminal, ServerOption server) : AgentListCommand(
    "workers", "List the agents that workers are connected for, and how many.", terminal, server, "workers", "agent", "kind")
{
    protected override string? Nothing => "no worker is connected";

    protected override bool IsListed(AgentResource agent) => agent.Workers > 0;
}
