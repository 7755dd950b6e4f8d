using System.CommandLine;
using System.Globalization;
using Sessions.Worker;

namespace Sessions.Cli;

/// <summary><c>sessions worker</c>: makes any command the agent of a name, from this machine.</summary>
internal sealed class WorkerCommand : Command
{
    private const int DefaultConcurrency = 16;

    private readonly Terminal _terminal;
    private readonly Option<string> _agent = new("--agent")
    {
        Description = "The agent's name, which runs are sent to.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string> _command = new("--command")
    {
        Description = "The program started for each run, without a shell. It gets the claim as a JSON line on its standard input.",
        HelpName = "CMD",
        Required = true,
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = "What it writes: ndjson (output items and a report, one a line) or text (plain text; exit 0 completes).",
        HelpName = "ndjson|text",
        DefaultValueFactory = _ => "ndjson",
    };

    private readonly Option<int> _concurrency = new("--concurrency")
    {
        Description = $"How many runs at the same time. Default: {DefaultConcurrency}.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultConcurrency,
    };

    private readonly Option<string[]> _urls = new("--url")
    {
        Description = $"A server; repeat it for replicas. Default: the environment variable {ServerAddress.Variable}, "
            + $"else {ServerAddress.Default}.",
        HelpName = "URL",
        DefaultValueFactory = _ => [],
    };

    private readonly Argument<string[]> _arguments = new("ARGS")
    {
        Description = "The program's arguments, behind --.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public WorkerCommand(Terminal terminal)
        : base("worker", "Serve an agent with a command, until Ctrl-C or SIGTERM; then running runs have 10 s to end.")
    {
        _terminal = terminal;
        _format.AcceptOnlyFromAmong("ndjson", "text");
        _concurrency.Require<int>(n => n is >= 1 and <= 10_000, "--concurrency must be 1 to 10000.");
        Options.Add(_agent);
        Options.Add(_command);
        Options.Add(_format);
        Options.Add(_concurrency);
        Options.Add(_urls);
        Arguments.Add(_arguments);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = AgentName(parsed.GetRequiredValue(_agent));
        var servers = ServerAddress.ReadAll(parsed.GetRequiredValue(_urls), _terminal);
        using var http = new HttpWorkerConnection(servers, TimeProvider.System);
        var options = new WorkerOptions
        {
            Servers = servers,
            MaxConcurrency = parsed.GetRequiredValue(_concurrency),
            AgentStopGrace = ProcessAgent.StopGrace,
        };
        await using var worker = new AgentWorker(
            new ToldConnection(http, _terminal), new Dictionary<string, IAgent> { [name] = Agent(parsed) }, options,
            TimeProvider.System, new WarningLogger(_terminal));

        using var stop = new StopSignals(_terminal.Interrupts, cancellationToken);
        await _terminal.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"worker {worker.WorkerId} serves agent {name} at {string.Join(", ", servers)}, {options.MaxConcurrency} runs at a time"));
        await worker.StartAsync(CancellationToken.None);
        await stop.First;
        await _terminal.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"stopping; {worker.RunCount} running runs have {options.DrainGrace.TotalSeconds} s"));
        await worker.DrainAsync(options.DrainGrace, stop.Second);
        return ExitCodes.Completed;
    }

    private ProcessAgent Agent(ParseResult parsed)
    {
        try
        {
            return new ProcessAgent(
                new ProcessAgentOptions
                {
                    Command = parsed.GetRequiredValue(_command),
                    Arguments = parsed.GetValue(_arguments) ?? [],
                    Format = parsed.GetRequiredValue(_format) == "text" ? ProcessFormat.Text : ProcessFormat.Ndjson,
                },
                TimeProvider.System);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static string AgentName(string name) =>
        name.Length is >= 1 and <= 128 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or ':' or '-')
            ? name
            : throw new UsageException($"'{Printable.Line(name)}' can't be an agent's name: 1 to 128 of A-Z a-z 0-9 . _ : -");
}
