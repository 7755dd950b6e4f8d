using Microsoft.Extensions.Logging;

namespace Sessions.Worker;

/// <summary>What a worker logs.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(1, LogLevel.Information, "Worker {WorkerId} takes runs of {Agents}, {MaxConcurrency} at a time")]
    public static partial void Started(ILogger logger, string workerId, string agents, int maxConcurrency);

    [LoggerMessage(2, LogLevel.Information, "Worker {WorkerId} drains: {Running} runs have {Grace}")]
    public static partial void Draining(ILogger logger, string workerId, int running, TimeSpan grace);

    [LoggerMessage(3, LogLevel.Information, "Worker {WorkerId} is drained, {Unreported} runs are left to their leases")]
    public static partial void Drained(ILogger logger, string workerId, int unreported);

    [LoggerMessage(4, LogLevel.Warning, "Worker {WorkerId} could not claim; trying again")]
    public static partial void ClaimFaulted(ILogger logger, string workerId, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Worker {WorkerId} lost its signals; connecting again")]
    public static partial void SignalsFaulted(ILogger logger, string workerId, Exception? exception);

    [LoggerMessage(6, LogLevel.Warning, "Run {RunId} of session {SessionId} (epoch {Epoch}) is handed back: {Reason}")]
    public static partial void HandedBack(ILogger logger, string sessionId, string runId, long epoch, string reason);

    [LoggerMessage(10, LogLevel.Debug, "Run {RunId} of session {SessionId} (epoch {Epoch}) begins with agent {Agent}")]
    public static partial void RunBegins(ILogger logger, string sessionId, string runId, long epoch, string agent);

    [LoggerMessage(11, LogLevel.Information, "Run {RunId} of session {SessionId} (epoch {Epoch}) is stopped: {Reason}")]
    public static partial void RunAbandoned(ILogger logger, string sessionId, string runId, long epoch, string reason);

    [LoggerMessage(12, LogLevel.Debug,
        "Run {RunId} of session {SessionId} (epoch {Epoch}): its lease is gone, says the answer to {Report}; it is {RunStatus}")]
    public static partial void LeaseLost(
        ILogger logger, string sessionId, string runId, long epoch, string report, string? runStatus);

    [LoggerMessage(13, LogLevel.Warning, "Run {RunId} of session {SessionId} (epoch {Epoch}): {Report} failed; trying again")]
    public static partial void ReportFaulted(
        ILogger logger, string sessionId, string runId, long epoch, string report, Exception exception);

    [LoggerMessage(14, LogLevel.Error, "Run {RunId} of session {SessionId} (epoch {Epoch}): {Report} failed too long; given up")]
    public static partial void ReportGivenUp(
        ILogger logger, string sessionId, string runId, long epoch, string report, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "Run {RunId} of session {SessionId}: the agent failed")]
    public static partial void AgentFailed(ILogger logger, string sessionId, string runId, Exception exception);

    [LoggerMessage(16, LogLevel.Warning, "Run {RunId} of session {SessionId}: the agent failed while it was let go")]
    public static partial void AgentDisposalFailed(ILogger logger, string sessionId, string runId, Exception exception);

    [LoggerMessage(17, LogLevel.Error,
        "Run {RunId} of session {SessionId} (epoch {Epoch}): the agent did not let go within {Grace} and is left alone")]
    public static partial void AgentLeftAlone(ILogger logger, string sessionId, string runId, long epoch, TimeSpan grace);

    [LoggerMessage(18, LogLevel.Warning,
        "Run {RunId} of session {SessionId}: the usage is no JSON object of at most {MaxBytes} bytes and is left out")]
    public static partial void UsageLeftOut(ILogger logger, string sessionId, string runId, int maxBytes);

    [LoggerMessage(19, LogLevel.Critical, "Run {RunId} of session {SessionId} (epoch {Epoch}): a defect of the worker")]
    public static partial void ExecutionBroken(ILogger logger, string sessionId, string runId, long epoch, Exception exception);
}
