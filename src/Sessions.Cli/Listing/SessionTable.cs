using System.Globalization;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary>Sessions as a table.</summary>
internal static class SessionTable
{
    /// <summary>What stands beside the title, when the id is a UUID and the agent's name short.</summary>
    private const int BesideTitle = 78;

    public static Table Of(Terminal terminal, IReadOnlyCollection<SessionResource> sessions)
    {
        var table = Tables.New(terminal, "session", "status", "agent", "changed utc", "title");
        var titleLength = terminal.OutIsTerminal ? Math.Clamp(terminal.Size.Width - BesideTitle, 6, 60) : int.MaxValue;

        // An id on one line can be copied, unless it leaves no room for the rest.
        table.Columns[0].NoWrap = sessions.Count > 0 && sessions.Max(session => session.Id.Length) <= terminal.Size.Width / 2;
        foreach (var session in sessions)
        {
            table.AddRow(
                Tables.Cell(session.Id),
                Tables.Cell(Status(session), ColourOf(session.Status)),
                Tables.Cell(session.Agent),
                Tables.Cell(session.UpdatedAt.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)),
                Tables.Cell(Title(session, titleLength)));
        }

        return table;
    }

    private static string Status(SessionResource session) =>
        session.QueuedRunIds.Count == 0 ? session.Status : $"{session.Status} +{session.QueuedRunIds.Count}";

    private static string Title(SessionResource session, int length)
    {
        var title = session.Title ?? "";
        var shortened = title.Length > length ? $"{title[..(length - 1)]}…" : title;
        return session.LastError is { } error ? $"{shortened} ({error.Code})".TrimStart() : shortened;
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
