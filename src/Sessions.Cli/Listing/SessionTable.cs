using System.Globalization;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary>Sessions as a table.</summary>
internal static class SessionTable
{
    public static Table Of(Terminal terminal, IEnumerable<SessionResource> sessions)
    {
        var table = Tables.New(terminal, "session", "status", "agent", "run", "queued", "changed", "title");
        foreach (var session in sessions)
        {
            table.AddRow(
                Tables.Cell(session.Id),
                Tables.Cell(session.Status, ColourOf(session.Status)),
                Tables.Cell(session.Agent),
                Tables.Cell(session.ActiveRunId ?? "-"),
                Tables.Cell(session.QueuedRunIds.Count.ToString(CultureInfo.InvariantCulture)),
                Tables.Cell(session.UpdatedAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                Tables.Cell(session.LastError is { } error ? $"{session.Title} ({error.Code})".TrimStart() : session.Title));
        }

        return table;
    }

    private static Color ColourOf(string status) => status switch
    {
        SessionStatuses.Running => Color.Green,
        SessionStatuses.Queued => Color.Yellow,
        SessionStatuses.Error => Color.Red,
        SessionStatuses.Stopped => Color.Grey,
        _ => Color.Default,
    };
}
