using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MlHub.Cli;

/// <summary>The log of <c>mlhub serve --log-format</c>: a line for each request and each message on standard error, as text or JSON. It contains no key and no query.</summary>
internal sealed class ServiceLog(CommandRun run, bool asJson) : ILoggerFactory
{
    private const string ErrorPrefix = "mlhub: ";
    private const string WarningPrefix = "mlhub: warning: ";

    // The values of a request that become fields of its JSON.
    private static readonly string[] Fields = ["Method", "Path", "Status", "Milliseconds", "Bytes", "Key"];

    private readonly Action<string> _write = run.Messages.Sink;

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The command has one log only.");

    public void Dispose()
    {
        // There is nothing to release.
    }

    /// <summary>Writes a message of the command, which begins with its level.</summary>
    public void WriteMessage(string message)
    {
        var (level, text) = message.StartsWith(WarningPrefix, StringComparison.Ordinal) ? (LogLevel.Warning, message[WarningPrefix.Length..])
            : message.StartsWith(ErrorPrefix, StringComparison.Ordinal) ? (LogLevel.Error, message[ErrorPrefix.Length..])
            : (LogLevel.Information, message);
        Write(level, text, json => json.WriteString("message", text));
    }

    private void Write(LogLevel level, string text, Action<Utf8JsonWriter> fields)
    {
        var time = run.Environment.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var name = level switch
        {
            LogLevel.Critical or LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            _ => "information",
        };
        var line = !asJson ? $"{time} {name}: {text}" : DownloadJson.Write(json =>
        {
            json.WriteString("time", time);
            json.WriteString("level", name);
            fields(json);
        });
        try
        {
            _write(PlainText.OneLine(line));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A full disk, or a closed pipe: a request is served even if it cannot be logged.
        }
    }

    private sealed class Logger(ServiceLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Log(logLevel, eventId, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception);

        // Not generic: native code has a copy of a generic method for each message.
        private void Log(LogLevel level, EventId eventId, string text, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception) =>
            log.Write(level, exception is null ? text : $"{text} {exception}", json =>
            {
                json.WriteString("event", eventId.Name);
                if (eventId.Name != "RequestServed")
                {
                    json.WriteString("message", text);
                }

                foreach (var (name, value) in values.Where(value => Fields.Contains(value.Key)))
                {
                    WriteField(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
                }

                if (exception is not null)
                {
                    json.WriteString("exception", exception.ToString());
                }
            });

        private static void WriteField(Utf8JsonWriter json, string name, object? value)
        {
            switch (value)
            {
                case int number:
                    json.WriteNumber(name, number);
                    break;
                case long number:
                    json.WriteNumber(name, number);
                    break;
                case double number:
                    json.WriteNumber(name, Math.Round(number, 1));
                    break;
                default:
                    json.WriteString(name, value?.ToString());
                    break;
            }
        }
    }
}
