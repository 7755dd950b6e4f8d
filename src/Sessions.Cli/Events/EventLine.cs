using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary>An event on one line: seq, time, type, run, and what is particular to the type.</summary>
internal static class EventLine
{
    public static string Of(EventResource record) => Printable.Line(
        $"{record.Seq} {record.At:yyyy-MM-ddTHH:mm:ss.fffZ} {record.Type} {record.RunId ?? "-"} {Detail(record)}").TrimEnd();

    private static string Detail(EventResource record) => record.Type switch
    {
        EventTypes.RunQueued => Text(record.Run?.Input.Text),
        EventTypes.RunStarted => $"attempt {record.Attempt} on {record.WorkerId}",
        EventTypes.RunTool => $"{record.Name} {record.Phase} {record.Arguments ?? record.Result}",
        EventTypes.RunRequeued => Error(record.Error),
        EventTypes.RunCompleted => Text(record.Run?.Output?.Text),
        EventTypes.RunFailed => Error(record.Run?.Error),
        EventTypes.RunAborted => record.Run?.AbortReason ?? "",
        _ when record.Session is { } session => $"{session.Status} version {session.Version}",
        _ => Text(record.Text),
    };

    private static string Text(string? text) => text is null ? "" : Printable.Quoted(text);

    private static string Error(ErrorResource? error) => error is null ? "" : $"{error.Code}: {error.Message}";
}
