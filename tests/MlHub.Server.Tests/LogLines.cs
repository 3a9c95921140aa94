using Microsoft.Extensions.Logging;

namespace MlHub.Server.Tests;

/// <summary>The lines of a log.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly List<string> _written = [];

    public IReadOnlyList<string> Written
    {
        get
        {
            lock (_written)
            {
                return [.. _written];
            }
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_written)
        {
            _written.Add($"{formatter(state, exception)}{exception}");
        }
    }

    public void Dispose()
    {
    }
}
