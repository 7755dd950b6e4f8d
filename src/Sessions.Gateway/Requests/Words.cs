using System.Diagnostics.CodeAnalysis;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Reads the wire's words; an unknown one is refused.</summary>
internal static class Words
{
    public static IfBusy IfBusy(string? word) => word switch
    {
        null or IfBusyModes.Enqueue => Core.IfBusy.Enqueue,
        IfBusyModes.Reject => Core.IfBusy.Reject,
        IfBusyModes.Interrupt => Core.IfBusy.Interrupt,
        _ => throw Unknown("ifBusy", word, "enqueue, reject, interrupt"),
    };

    public static AbortReason AbortReason(string? word) => word switch
    {
        null or AbortReasons.User => Core.AbortReason.User,
        AbortReasons.Superseded => Core.AbortReason.Superseded,
        _ => throw Unknown("reason", word, "user, superseded"),
    };

    public static FailPhase FailPhase(string? word) => word switch
    {
        FailPhases.Start => Core.FailPhase.Start,
        FailPhases.Run => Core.FailPhase.Run,
        _ => throw Unknown("phase", word, "start, run"),
    };

    public static ToolPhase ToolPhase(string? word, string field) => word switch
    {
        ToolPhases.Started => Core.ToolPhase.Started,
        ToolPhases.Result => Core.ToolPhase.Result,
        _ => throw Unknown(field, word, "started, result"),
    };

    public static WatchSnapshot Snapshot(string? word) => word switch
    {
        null or "active" => WatchSnapshot.Active,
        "all" => WatchSnapshot.All,
        "none" => WatchSnapshot.None,
        _ => throw Unknown("snapshot", word, "active, all, none"),
    };

    public static SessionStatus? Status(string? word) => word switch
    {
        null => null,
        SessionStatuses.Idle => SessionStatus.Idle,
        SessionStatuses.Queued => SessionStatus.Queued,
        SessionStatuses.Running => SessionStatus.Running,
        SessionStatuses.Error => SessionStatus.Error,
        SessionStatuses.Stopped => SessionStatus.Stopped,
        _ => throw Unknown("status", word, string.Join(", ", SessionStatuses.All)),
    };

    public static bool? Bool(string? word, string field) => word switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Unknown(field, word, "true, false"),
    };

    [SuppressMessage("Globalization", "CA1308", Justification = "The wire's words are lower case.")]
    public static string Of(ToolPhase phase) => phase.ToString().ToLowerInvariant();

    private static ProblemException Unknown(string field, string? word, string known) =>
        ProblemException.Invalid(field, word is null ? $"'{field}' must be one of: {known}." : $"'{field}' can't be '{word}'; it must be one of: {known}.");
}
