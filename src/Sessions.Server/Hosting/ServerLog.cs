namespace Sessions.Server;

internal static partial class ServerLog
{
    public static void Configured(this ILogger logger, ServerSettings settings) => logger.Configured(
        string.Join(", ", settings.Agents), settings.DefaultAgent, settings.InProcessWorkers);

    [LoggerMessage(1, LogLevel.Information,
        "Engine direct, store memory; agents: {Agents}; default: {DefaultAgent}; run in this process: {InProcess}.")]
    private static partial void Configured(this ILogger logger, string agents, string defaultAgent, bool inProcess);
}
