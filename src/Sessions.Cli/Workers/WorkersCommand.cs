using System.CommandLine;
using System.Globalization;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary><c>sessions workers</c>: which agents have workers connected.</summary>
internal sealed class WorkersCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);
    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public WorkersCommand(Terminal terminal, ServerOption server)
        : base("workers", "List the agents that workers are connected for, and how many.")
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
        var served = (await client.AgentsAsync(interrupted.Token)).Where(agent => agent.Workers > 0).ToArray();
        if (_server.IsJson(parsed))
        {
            foreach (var agent in served)
                _terminal.Out.WriteJson(agent, ProtocolJson.Default.AgentResource);

            return ExitCodes.Completed;
        }

        if (served.Length == 0)
        {
            await _terminal.Error.WriteLineAsync("no worker is connected");
            return ExitCodes.Completed;
        }

        var table = Tables.New(_terminal, "workers", "agent", "kind");
        foreach (var agent in served)
        {
            table.AddRow(
                Tables.Cell(agent.Workers.ToString(CultureInfo.InvariantCulture)), Tables.Cell(agent.Name), Tables.Cell(agent.Kind));
        }

        _terminal.Tables().Write(table);
        return ExitCodes.Completed;
    }
}
