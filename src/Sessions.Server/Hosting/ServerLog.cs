namespace Sessions.Server;

internal static partial class ServerLog
{
    public static void Configured(this ILogger logger, ServerSettings settings) => logger.Configured(
        settings.EngineName, settings.Store, string.Join(", ", settings.Agents), settings.DefaultAgent, settings.InProcessWorkers);

    [LoggerMessage(1, LogLevel.Information,
        "Engine {Engine}, store {Store}; agents: {Agents}; default: {DefaultAgent}; run in this process: {InProcess}.")]
    private static partial void Configured(this ILogger logger, string engine, string store, string agents, string defaultAgent, bool inProcess);
}
