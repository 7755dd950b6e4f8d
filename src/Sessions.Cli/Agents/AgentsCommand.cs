namespace Sessions.Cli;

/// <summary><c>sessions agents</c>: who can be talked to.</summary>
internal sealed class AgentsCommand(Terminal terminal, ServerOption server)
    : AgentListCommand("agents", "List the agents that can be talked to.", terminal, server, "agent", "kind", "workers");
