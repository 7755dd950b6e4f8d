using System.CommandLine;
using System.Globalization;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary><c>sessions agents</c>: who can be talked to.</summary>
internal sealed class AgentsCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);
    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public AgentsCommand(Terminal terminal, ServerOption server)
        : base("agents", "List the agents that can be talked to.")
    {
        _terminal = terminal;
        _server = server;
        server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, RetryFor);
        using var interrupted = _terminal.CancelOnInterrupt(cancellationToken);
        var agents = await client.AgentsAsync(interrupted.Token);
        if (_server.IsJson(parsed))
        {
            foreach (var agent in agents)
            {
                _terminal.Out.WriteJson(agent, ProtocolJson.Default.AgentResource);
            }

            return ExitCodes.Completed;
        }

        var table = Tables.New(_terminal, "agent", "kind", "workers");
        foreach (var agent in agents)
        {
            table.AddRow(
                Tables.Cell(agent.Name),
                Tables.Cell(agent.Kind),
                Tables.Cell(agent.Workers.ToString(CultureInfo.InvariantCulture)));
        }

        _terminal.Tables().Write(table);
        return ExitCodes.Completed;
    }
}
