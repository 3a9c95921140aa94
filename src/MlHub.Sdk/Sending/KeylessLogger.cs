using System.Collections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Sdk;

/// <summary>Wraps the caller's logger and removes the key from messages, named values and exceptions.</summary>
internal sealed class KeylessLogger(ILogger logger, Func<string, string> scrub) : ILogger
{
    internal static KeylessLogger For<T>(ILoggerFactory? loggerFactory, Func<string, string> scrub) => new((loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<T>(), scrub);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var keyless = exception is null ? null : KeylessException.Of(exception, scrub);
        if (Scrub(formatter(state, keyless), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], !ReferenceEquals(keyless, exception)) is { } clean)
        {
            logger.Log(logLevel, eventId, clean, keyless, static (clean, _) => clean.ToString());
        }
        else
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    // Null if there is nothing to remove.
    private Values? Scrub(string message, IReadOnlyList<KeyValuePair<string, object?>> values, bool always) =>
        !always && IsClean(message) && values.All(value => IsClean(value.Value?.ToString() ?? "")) ? null : new(scrub(message), [.. values.Select(Scrub)]);

    private bool IsClean(string text) => scrub(text) == text;

    private KeyValuePair<string, object?> Scrub(KeyValuePair<string, object?> value) =>
        value.Value?.ToString() is { } text && !IsClean(text) ? new(value.Key, scrub(text)) : value;

    /// <summary>The state of a message, as loggers expect it: its named values, and its text as <see cref="ToString"/>.</summary>
    private sealed class Values(string message, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => message;
    }
}
