using Sessions.Core;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class EventMapping
{
    public static EventResource ToResource(this LogRecord record, SessionKey key)
    {
        var resource = new EventResource
        {
            Seq = record.Seq,
            Type = TypeOf(record.Event),
            SessionId = key.Session.Value,
            RunId = (record.Event as RunEvent)?.RunId.Value,
            At = record.At,
        };
        return record.Event switch
        {
            RunDelta delta => resource with { Text = delta.Text },
            RunContent content => resource with { Text = content.Text },
            RunNotice notice => resource with { Text = notice.Text },
            RunTool tool => resource with
            {
                ToolCallId = tool.ToolCallId,
                Name = tool.Name,
                Phase = Words.Of(tool.Phase),
                Arguments = tool.Arguments.ToJson(),
                Result = tool.Result.ToJson(),
            },
            RunQueued queued => resource with { Run = queued.Run.ToResource(key) },
            RunStarted started => resource with { Attempt = started.Attempt, WorkerId = started.Worker.Value },
            RunRequeued requeued => resource with
            {
                Attempt = requeued.Attempt,
                Error = new ErrorResource(requeued.Error.Code, requeued.Error.Message),
            },
            RunEnded ended => resource with { Run = ended.Run.ToResource(key) },
            SessionLifecycleEvent lifecycle => resource with { Session = lifecycle.Session!.ToResource() },
            _ => throw new InvalidOperationException($"No resource for the event {record.Event.GetType().Name}."),
        };
    }

    public static string TypeOf(SessionEvent happened) => happened switch
    {
        RunDelta => EventTypes.RunDelta,
        RunContent => EventTypes.RunContent,
        RunNotice => EventTypes.RunNotice,
        RunTool => EventTypes.RunTool,
        RunQueued => EventTypes.RunQueued,
        RunStarted => EventTypes.RunStarted,
        RunRequeued => EventTypes.RunRequeued,
        RunCompleted => EventTypes.RunCompleted,
        RunFailed => EventTypes.RunFailed,
        RunAborted => EventTypes.RunAborted,
        SessionCreated => EventTypes.SessionCreated,
        SessionUpdated => EventTypes.SessionUpdated,
        SessionReset => EventTypes.SessionReset,
        SessionDeleted => EventTypes.SessionDeleted,
        _ => throw new InvalidOperationException($"No type for the event {happened.GetType().Name}."),
    };
}
