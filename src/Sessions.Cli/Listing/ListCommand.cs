using System.CommandLine;
using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary><c>sessions list</c>: the sessions there are, once or as they change.</summary>
internal sealed class ListCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WatchRetryFor = TimeSpan.FromMinutes(1);

    private readonly Option<bool> _watch = new("--watch") { Description = "Follow the changes until Ctrl-C." };
    private readonly Option<bool> _active = new("--active") { Description = "Only sessions with a queued or running run." };
    private readonly Option<string?> _status = new("--status") { Description = "Only sessions of this status." };
    private readonly Option<string?> _agent = new("--agent") { Description = "Only sessions of this agent.", HelpName = "NAME" };
    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public ListCommand(Terminal terminal, ServerOption server)
        : base("list", "List sessions, newest change first.")
    {
        _terminal = terminal;
        _server = server;
        _status.AcceptOnlyFromAmong([.. SessionStatuses.All]);
        Options.Add(_watch);
        Options.Add(_active);
        Options.Add(_status);
        Options.Add(_agent);
        server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = new SessionFilter
        {
            Active = parsed.GetValue(_active) ? true : null,
            Status = parsed.GetValue(_status),
            Agent = parsed.GetValue(_agent),
        };
        var isJson = _server.IsJson(parsed);
        using var interrupted = _terminal.CancelOnInterrupt(cancellationToken);
        if (parsed.GetValue(_watch))
        {
            using var watching = _server.Connect(parsed, WatchRetryFor);
            return await new SessionWatch(_terminal, watching, filter, isJson).RunAsync(interrupted.Token);
        }

        using var client = _server.Connect(parsed, RetryFor);
        var sessions = client.ListSessions(filter, interrupted.Token);
        if (isJson)
        {
            await foreach (var session in sessions)
            {
                _terminal.Out.WriteJson(session, ProtocolJson.Default.SessionResource);
            }
        }
        else
        {
            _terminal.Tables().Write(SessionTable.Of(_terminal, await sessions.ToListAsync(interrupted.Token)));
        }

        return ExitCodes.Completed;
    }
}
