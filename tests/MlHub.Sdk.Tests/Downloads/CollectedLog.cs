using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Collects log messages.</summary>
internal sealed class CollectedLog : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>Called with each message.</summary>
    public Action<string>? Heard { get; init; }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Keep(formatter(state, exception) + exception);

    public void Dispose()
    {
    }

    private void Keep(string message)
    {
        Messages.Enqueue(message);
        Heard?.Invoke(message);
    }
}
