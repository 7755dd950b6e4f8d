using Microsoft.Extensions.Logging;

namespace Sessions.Gateway;

internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(2, LogLevel.Warning, "The stream {Path} failed and was reset.")]
    public static partial void StreamFailed(this ILogger logger, Exception exception, string path);

    [LoggerMessage(3, LogLevel.Information, "A stream's client took nothing for {Stalled}; the stream {Path} was reset.")]
    public static partial void StreamStalled(this ILogger logger, TimeSpan stalled, string path);

    [LoggerMessage(4, LogLevel.Information, "Reset {Streams} open streams.")]
    public static partial void StreamsReset(this ILogger logger, int streams);
}
