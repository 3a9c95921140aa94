using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MlHub.Cli;

/// <summary>
/// The SDK's log on standard error: warnings always, everything else in verbose mode. Retries are a warning only if
/// they make the user wait: 2 s or more in all. A download that starts again is a note, because nothing is wrong.
/// </summary>
internal sealed class MessagesLog(Messages messages) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Logger(messages);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The command has one log only.");

    public void Dispose()
    {
        // There is nothing to release.
    }

    // A command that is silent for longer seems to hang.
    private const double LongWait = 2;

    private sealed class Logger(Messages messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => messages.Verbose || logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var message = Messages.InLine(formatter(state, exception));
            if (eventId.Name is "RestartingDownload")
            {
                messages.Note(message);
            }
            else if (eventId.Name is "RetryingCall" or "RetryingDownload" && Math.Max(Number(state, "Seconds"), Number(state, "Waited")) < LongWait)
            {
                messages.Detail(message);
            }
            else if (logLevel >= LogLevel.Warning)
            {
                messages.Warning(message);
            }
            else
            {
                messages.Detail(message);
            }
        }

        private static double Number<TState>(TState state, string name) =>
            state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == name).Value is IConvertible number
                ? number.ToDouble(CultureInfo.InvariantCulture) : 0;
    }
}
