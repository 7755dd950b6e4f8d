using Microsoft.Extensions.Logging;
using Sessions.Worker;

namespace Sessions.Cli;

/// <summary>Shows a worker's warnings, each once until another one comes, and with why.</summary>
internal sealed class WarningLogger(Terminal terminal) : ILogger<AgentWorker>
{
    private readonly Lock _lock = new();
    private string _last = "";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // How an agent failed is told with its run.
        if (!IsEnabled(logLevel) || exception is AgentException)
            return;

        var line = Printable.Line(exception is null ? formatter(state, null) : $"{formatter(state, null)}: {exception.Message}");
        lock (_lock)
        {
            if (line != _last)
                terminal.Error.WriteLine(line);
            _last = line;
        }
    }
}
