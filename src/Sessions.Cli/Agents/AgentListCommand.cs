using System.CommandLine;
using System.Globalization;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary>Lists the agents that are of interest, in the columns <c>agent</c>, <c>kind</c> and <c>workers</c>, in any order.</summary>
internal abstract class AgentListCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);
    private readonly Terminal _terminal;
    private readonly ServerOption _server;
    private readonly string[] _columns;

    protected AgentListCommand(string name, string description, Terminal terminal, ServerOption server, params string[] columns)
        : base(name, description)
    {
        _terminal = terminal;
        _server = server;
        _columns = columns;
        server.AddTo(this);
        SetAction(RunAsync);
    }

    /// <summary>What is said instead of an empty table; null for the table.</summary>
    protected virtual string? Nothing => null;

    protected virtual bool IsListed(AgentResource agent) => true;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, RetryFor);
        using var interrupted = _terminal.CancelOnInterrupt(cancellationToken);
        var agents = (await client.AgentsAsync(interrupted.Token)).Where(IsListed).ToArray();
        if (_server.IsJson(parsed))
        {
            foreach (var agent in agents)
                _terminal.Out.WriteJson(agent, ProtocolJson.Default.AgentResource);

            return ExitCodes.Completed;
        }

        if (agents.Length == 0 && Nothing is { } nothing)
        {
            await _terminal.Error.WriteLineAsync(nothing);
            return ExitCodes.Completed;
        }

        var table = Tables.New(_terminal, _columns);
        foreach (var agent in agents)
            table.AddRow([.. _columns.Select(column => Tables.Cell(Value(agent, column)))]);

        _terminal.Tables().Write(table);
        return ExitCodes.Completed;
    }

    private static string Value(AgentResource agent, string column) => column switch
    {
        "agent" => agent.Name,
        "kind" => agent.Kind,
        "workers" => agent.Workers.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"There is no column '{column}'.", nameof(column)),
    };
}
