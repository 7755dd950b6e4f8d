using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Cluster.Tests;

/// <summary>
/// What an event says on the wire, and what it must say by the log: written down twice, by nothing that the server uses.
/// </summary>
internal static class WireRecord
{
    public static string Of(EventResource record) => record switch
    {
        { Run: { } run } => $"{record.Type} {record.RunId} {run.Status} '{run.Input.Text}' '{run.Output?.Text}' "
            + $"{run.Error?.Code} {run.AbortReason} {run.Attempt}",
        { Session: { } session } => $"{record.Type} {session.Id} '{session.Title}' {session.Generation}",
        { Error: { } error } => $"{record.Type} {record.RunId} {record.Attempt} {error.Code}",
        { WorkerId: { } worker } => $"{record.Type} {record.RunId} {record.Attempt} {worker}",
        _ => $"{record.Type} {record.RunId} '{record.Text}' {record.ToolCallId} {record.Name} {record.Phase} {record.Arguments} {record.Result}",
    };

    public static string Of(LogRecord record) => record.Event switch
    {
        SessionLifecycleEvent { Session: { } session } about =>
            $"{TypeOf(about)} {session.Key.Session} '{session.Title}' {session.Generation}",
        RunQueued queued => Of(EventTypes.RunQueued, queued.Run),
        RunEnded ended => Of($"run.{ended.Run.Status.ToWire()}", ended.Run),
        RunStarted started => $"run.started {started.RunId} {started.Attempt} {started.Worker}",
        RunRequeued requeued => $"run.requeued {requeued.RunId} {requeued.Attempt} {requeued.Error.Code}",
        RunDelta delta => $"run.delta {delta.RunId} '{delta.Text}'     ",
        RunContent content => $"run.content {content.RunId} '{content.Text}'     ",
        RunNotice notice => $"run.notice {notice.RunId} '{notice.Text}'     ",
        RunTool tool => $"run.tool {tool.RunId} '' {tool.ToolCallId} {tool.Name} {(tool.Phase == ToolPhase.Started ? "started" : "result")} "
            + $"{tool.Arguments} {tool.Result}",
        _ => throw new InvalidOperationException($"Nothing is known of {record.Event.GetType().Name}."),
    };

    private static string Of(string type, Run run) =>
        $"{type} {run.Id} {run.Status.ToWire()} '{run.Input}' '{run.Output}' {run.Error?.Code} {run.AbortReason?.ToWire()} {run.Attempt}";

    private static string TypeOf(SessionLifecycleEvent about) => about switch
    {
        SessionCreated => EventTypes.SessionCreated,
        SessionUpdated => EventTypes.SessionUpdated,
        SessionReset => EventTypes.SessionReset,
        SessionDeleted => EventTypes.SessionDeleted,
        _ => throw new InvalidOperationException($"Nothing is known of {about.GetType().Name}."),
    };
}
