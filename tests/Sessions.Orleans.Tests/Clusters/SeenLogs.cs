using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sessions.Orleans.Tests;

/// <summary>Keeps what the engines log.</summary>
internal sealed class SeenLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Kept(this, categoryName == typeof(OrleansEngine).FullName);

    public void Dispose()
    {
    }

    private sealed class Kept(SeenLogs logs, bool isKept) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isKept;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isKept)
                logs._lines.Enqueue($"{formatter(state, exception)} {exception?.GetType().Name}");
        }
    }
}
