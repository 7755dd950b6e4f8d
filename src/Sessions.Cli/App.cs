using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Sessions.Client;

namespace Sessions.Cli;

/// <summary>The command line: its commands, and the exit code that each outcome has.</summary>
/// <param name="terminal">Where it reads and writes.</param>
/// <param name="options">The client's options; commands shorten <see cref="SessionsClientOptions.RetryFor"/>.</param>
internal sealed class App(Terminal terminal, SessionsClientOptions? options = null)
{
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken = default)
    {
        var server = new ServerOption(terminal, options ?? new SessionsClientOptions());
        var root = new RootCommand("Talk to AI agents in sessions, and see and stop what runs.")
        {
            new ChatCommand(terminal, server),
            new ListCommand(terminal, server),
            new AbortCommand(terminal, server),
            new EventsCommand(terminal, server),
            new AgentsCommand(terminal, server),
            new WorkerCommand(terminal),
            new WorkersCommand(terminal, server),
        };

        // No response files: a message may begin with an @.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Usage(string.Join(Environment.NewLine, parsed.Errors.Select(error => error.Message)));
        }

        // A misspelt option would otherwise be a message.
        if (!parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            && Arguments(parsed).FirstOrDefault(text => text.StartsWith('-')) is { } misspelt)
        {
            return Usage($"'{Printable.Line(misspelt)}' is no option. If it is meant as it stands, put -- before it.");
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (UsageException e)
        {
            return Usage(e.Message);
        }
        catch (SessionsException e)
        {
            return terminal.Fail(e);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or FileLoadException))
        {
            return ExitCodes.OutputClosed;
        }
    }

    private static IEnumerable<string> Arguments(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(token => token.Value);

    private int Usage(string message)
    {
        terminal.Error.WriteLine(message);
        terminal.Error.WriteLine("Try 'sessions --help'.");
        return ExitCodes.Usage;
    }
}
