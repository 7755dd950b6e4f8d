using System.CommandLine;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary><c>sessions abort</c>: ends runs.</summary>
internal sealed class AbortCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);

    private readonly Argument<string> _session = new("session") { Description = "The session." };
    private readonly Option<string?> _run = new("--run") { Description = "Only this run.", HelpName = "ID" };

    private readonly Option<string?> _key = new("--key")
    {
        Description = "Only the run of the send with this idempotency key, which may not have arrived yet.",
        HelpName = "KEY",
    };

    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public AbortCommand(Terminal terminal, ServerOption server)
        : base("abort", "Abort a session's runs: the queued ones, then the running one.")
    {
        _terminal = terminal;
        _server = server;
        Arguments.Add(_session);
        Options.Add(_run);
        Options.Add(_key);
        server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (runId, key) = (parsed.GetValue(_run), parsed.GetValue(_key));
        if (runId is not null && key is not null)
        {
            throw new UsageException("--run and --key can't stand together.");
        }

        using var client = _server.Connect(parsed, RetryFor);
        using var interrupted = _terminal.CancelOnInterrupt(cancellationToken);
        var session = client.SessionNamed(parsed.GetRequiredValue(_session));
        var response = await session.AbortAsync(runId, key, interrupted.Token);
        if (_server.IsJson(parsed))
        {
            _terminal.Out.WriteJson(response, ProtocolJson.Default.AbortResponse);
        }
        else
        {
            Write(response);
        }

        return ExitCodes.Completed;
    }

    private void Write(AbortResponse response)
    {
        foreach (var run in response.Aborted)
        {
            _terminal.Out.WriteLine($"aborted {run}");
        }

        foreach (var run in response.AlreadyTerminal)
        {
            _terminal.Out.WriteLine($"had ended {run}");
        }

        if (response.Pending)
        {
            _terminal.Out.WriteLine("the send with this key will be aborted when it comes");
        }
        else if (response is { Aborted.Count: 0, AlreadyTerminal.Count: 0 })
        {
            _terminal.Out.WriteLine("nothing to abort");
        }
    }
}
