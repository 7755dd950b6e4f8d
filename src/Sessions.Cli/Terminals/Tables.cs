using Spectre.Console;

namespace Sessions.Cli;

/// <summary>Tables, framed for people and bare for pipes.</summary>
internal static class Tables
{
    public static Table New(Terminal terminal, params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = terminal.OutIsTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.ToUpperInvariant())) { NoWrap = true });
        }

        return table;
    }

    public static Text Cell(string? text, Color? colour = null) =>
        new(Printable.Line(text), new Style(foreground: colour ?? Color.Default)) { Overflow = Overflow.Ellipsis };
}
