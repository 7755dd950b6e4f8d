using System.CommandLine;
using System.Runtime.CompilerServices;
using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary><c>sessions events</c>: a session's log as it grows, or one run's part of it.</summary>
internal sealed class EventsCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromMinutes(1);

    private readonly Argument<string> _session = new("session") { Description = "The session." };
    private readonly Option<long> _after = new("--after") { Description = "Begin behind this seq.", HelpName = "SEQ" };
    private readonly Option<string?> _run = new("--run") { Description = "Only this run, up to its end.", HelpName = "ID" };
    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public EventsCommand(Terminal terminal, ServerOption server)
        : base("events", "Print a session's events, first what has happened, then what happens, until Ctrl-C.")
    {
        _terminal = terminal;
        _server = server;
        Arguments.Add(_session);
        Options.Add(_after);
        Options.Add(_run);
        _after.Require<long>(seq => seq >= 0, "--after takes a seq, 0 or more.");
        server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, RetryFor);
        using var interrupted = _terminal.CancelOnInterrupt(cancellationToken);
        var session = client.SessionNamed(parsed.GetRequiredValue(_session));
        var isJson = _server.IsJson(parsed);
        try
        {
            await foreach (var record in EventsAsync(session, parsed, interrupted.Token))
            {
                if (isJson)
                {
                    _terminal.Out.WriteJson(record, ProtocolJson.Default.EventResource);
                }
                else
                {
                    _terminal.Out.WriteLine(EventLine.Of(record));
                }
            }
        }
        catch (OperationCanceledException) when (interrupted.Token.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }

        return ExitCodes.Completed;
    }

    private async IAsyncEnumerable<EventResource> EventsAsync(
        SessionHandle session, ParseResult parsed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = parsed.GetValue(_after);
        if (parsed.GetValue(_run) is { } runId)
        {
            var run = await session.GetRunAsync(runId, cancellationToken);
            await foreach (var record in run.Events(after, cancellationToken))
            {
                yield return record;
            }

            yield break;
        }

        await foreach (var item in session.Events(after, cancellationToken))
        {
            if (item is EventItem { Event: var record })
            {
                yield return record;
            }
        }
    }
}
