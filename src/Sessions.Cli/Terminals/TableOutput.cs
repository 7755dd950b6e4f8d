using System.Text;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary>A terminal as tables see it.</summary>
internal sealed class TableOutput(Terminal terminal) : IAnsiConsoleOutput
{
    private const int WideEnough = 4096;

    public TextWriter Writer => terminal.Out;

    public bool IsTerminal => terminal.OutIsTerminal;

    public int Width => terminal.OutIsTerminal ? terminal.Size.Width : WideEnough;

    public int Height => terminal.Size.Height;

    public void SetEncoding(Encoding encoding)
    {
        // It is UTF-8 whatever happens.
    }
}
