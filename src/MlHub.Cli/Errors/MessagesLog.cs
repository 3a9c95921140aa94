using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MlHub.Cli;

/// <summary>
/// Writes the log of the SDK to standard error: warnings always, everything else in verbose mode. Retries are a warning only if the user has to
/// wait 2 s or more in total. A download that starts again is a note, because that is not an error.
/// </summary>
internal sealed class MessagesLog(Messages messages) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Logger(messages);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The command has one log only.");

    public void Dispose()
    {
        // There is nothing to release.
    }

    // After a longer wait without a message, the command would seem to hang.
    private const double LongWait = 2;

    private sealed class Logger(Messages messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => messages.Verbose || logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Log(logLevel, eventId.Name, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception);
            }
        }

        // Not generic: native code has a copy of a generic method for each message.
        private void Log(LogLevel level, string? eventName, string text, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception)
        {
            var message = Messages.LowerFirstLetter(Messages.WithOptionsOfCommand(text)) + (exception is null ? "" : $" {Messages.Describe(exception)}");
            if (eventName is "RestartingDownload")
            {
                messages.Note(message);
            }
            else if (eventName is "RetryingCall" or "RetryingDownload" && Math.Max(Number(values, "Seconds"), Number(values, "Waited")) < LongWait)
            {
                messages.Detail(message);
            }
            else if (level >= LogLevel.Warning)
            {
                messages.Warning(message);
            }
            else
            {
                messages.Detail(message);
            }
        }

        private static double Number(IReadOnlyList<KeyValuePair<string, object?>> values, string name) =>
            values.FirstOrDefault(value => value.Key == name).Value is IConvertible number ? number.ToDouble(CultureInfo.InvariantCulture) : 0;
    }
}
