using System.Text;
using Sessions.Client;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary>
/// What the process reads from and writes to. Answers and results go to <see cref="Out"/>, all else to <see cref="Error"/>.
/// </summary>
internal sealed class Terminal : IDisposable
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>True when a person types.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>True when a person reads; else nothing but text goes out, no colours, no cursor movements.</summary>
    public bool OutIsTerminal { get; init; }

    public (int Width, int Height) Size { get; init; } = (80, 24);

    public required IInterrupts Interrupts { get; init; }

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public static Terminal System() => new()
    {
        In = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)),
        Out = Writer(StandardOutput.Open()),
        Error = TextWriter.Synchronized(Writer(Console.OpenStandardError())),
        InIsTerminal = !Console.IsInputRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        Size = !Console.IsOutputRedirected && (Console.WindowWidth, Console.WindowHeight) is var size and ( > 0, > 0)
            ? size
            : (80, 24),
        Interrupts = new SigintInterrupts(),
    };

    /// <summary>A console for tables. What is redirected is as wide as it needs.</summary>
    public IAnsiConsole Tables()
    {
        var isRich = OutIsTerminal && Variable("TERM") != "dumb";
        var isColoured = isRich && string.IsNullOrEmpty(Variable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isRich ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isColoured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new TableOutput(this),
        });
    }

    /// <summary>Says what went wrong, and gives the exit code for it.</summary>
    public int Fail(SessionsException exception)
    {
        Error.WriteLine($"error: {Printable.Line(exception.Message)}");
        return exception is SessionsUnreachableException or SessionsStreamException ? ExitCodes.Unreachable : ExitCodes.Failed;
    }

    /// <summary>A source of cancellation that Ctrl-C triggers, until it is disposed of.</summary>
    public InterruptedSource CancelOnInterrupt(CancellationToken cancellationToken) => new(Interrupts, cancellationToken);

    public void Dispose()
    {
        try
        {
            Out.Dispose();
        }
        catch (IOException)
        {
            // Nobody reads it any more.
        }
    }

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
}
