using Microsoft.Extensions.Logging;

namespace Sessions.Engine;

internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Warning, "The decision {Command} on session {SessionId} lost {Attempts} races in a row.")]
    public static partial void DecisionContended(this ILogger logger, string sessionId, string command, int attempts);

    [LoggerMessage(2, LogLevel.Warning, "The sweep failed and will be repeated.")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The feed's repair failed and will be repeated.")]
    public static partial void RepairFailed(this ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "Ended {Runs} due runs of session {SessionId}.")]
    public static partial void DueEnded(this ILogger logger, int runs, string sessionId);

    [LoggerMessage(5, LogLevel.Error, "Ending what is due in session {SessionId} failed and will be repeated.")]
    public static partial void DueFailed(this ILogger logger, Exception exception, string sessionId);

    [LoggerMessage(6, LogLevel.Warning, "The claim that run {RunId} was started for was over, and the run could not be handed back.")]
    public static partial void ReturnFailed(this ILogger logger, Exception exception, string runId);
}
