using System.Net;
using System.Text;

namespace Sessions.Load;

/// <summary>A session's log, as a subscriber sees it.</summary>
internal static class SessionLog
{
    /// <summary>Sees an event of the log.</summary>
    public delegate void EventReader(SseFrame happened);

    /// <summary>Reads what is there now, from the beginning.</summary>
    public static async Task ReadAsync(IPEndPoint address, string session, EventReader read, CancellationToken cancellationToken)
    {
        using var reader = new SseReader();
        await reader.ReadAsync(address, $"/v1/sessions/{session}/events?after=0", See, cancellationToken);

        bool See(SseFrame frame)
        {
            if (frame.Id == 0)
                return !frame.Name.SequenceEqual("synchronized"u8);

            read(frame);
            return true;
        }
    }

    /// <summary>Shows all of it to an audit.</summary>
    public static Task AuditAsync(
        IPEndPoint address, string session, SessionAudit audit, RunEnd expected, CancellationToken cancellationToken) =>
        ReadAsync(address, session, happened => Show(happened, audit, expected), cancellationToken);

    public static void Show(SseFrame happened, SessionAudit audit, RunEnd expected) =>
        audit.Saw(happened.Id, RunOf(happened), expected.Is(happened), RunEnd.IsAny(happened));

    private static string? RunOf(SseFrame frame)
    {
        if (!frame.Name.StartsWith("run."u8))
            return null;

        var rest = frame.Data[(frame.Data.IndexOf("\"runId\":\""u8) + "\"runId\":\"".Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }
}
