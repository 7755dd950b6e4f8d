using Spectre.Console;

namespace Sessions.Cli;

/// <summary>Tables, lined for people and bare for pipes.</summary>
internal static class Tables
{
    public static Table New(Terminal terminal, params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = terminal.OutIsTerminal ? TableBorder.Horizontal : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.ToUpperInvariant())) { Padding = new Padding(0, 0, 2, 0) });
        }

        return table;
    }

    public static Text Cell(string? text, Color? colour = null) =>
        new(Printable.Line(text), new Style(foreground: colour ?? Color.Default));
}
