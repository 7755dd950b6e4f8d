using Microsoft.Extensions.Logging;

namespace Sessions.Orleans;

internal static partial class OrleansLog
{
    [LoggerMessage(1, LogLevel.Warning, "Sending to the cluster's streams failed; gateways will look for themselves.")]
    public static partial void SendingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Subscribing to the cluster's streams failed and will be repeated.")]
    public static partial void SubscribingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Session {SessionId} was changed by somebody else; this activation makes way.")]
    public static partial void Overtaken(this ILogger logger, string sessionId);
}
