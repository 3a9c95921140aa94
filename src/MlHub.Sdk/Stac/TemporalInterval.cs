using System.Globalization;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A span of time, its ends included; an end that is null is open (STAC 1.0.0, Temporal Extent Object).</summary>
/// <param name="Start">When it begins, or null.</param>
/// <param name="End">When it ends, or null.</param>
[JsonConverter(typeof(TemporalIntervalJsonConverter))]
public sealed record TemporalInterval(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>Reads <c>T</c>, <c>T/T</c>, <c>T/..</c> or <c>../T</c>, as in a query of OGC API Features; a time without offset is UTC.</summary>
    /// <param name="text">One or two times of RFC 3339, or dates, with a slash between them.</param>
    /// <returns>The interval; one time is an interval that begins and ends with it.</returns>
    /// <exception cref="FormatException">The text is not of that form, or it ends before it begins.</exception>
    public static TemporalInterval Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var interval = text.Split('/', StringSplitOptions.TrimEntries) switch
        {
            [var only] => new TemporalInterval(ParseTime(only, text), ParseTime(only, text)),
            [var start, var end] => new TemporalInterval(ParseEnd(start, text), ParseEnd(end, text)),
            _ => throw NotAnInterval(text),
        };
        return interval is { Start: { } from, End: { } to } && from > to
            ? throw new FormatException($"'{text}' is not a time interval: it ends before it begins.")
            : interval;
    }

    /// <summary>True where both have a moment in common.</summary>
    /// <param name="other">The other interval.</param>
    public bool Intersects(TemporalInterval other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Start is null || other.End is null || Start <= other.End) && (other.Start is null || End is null || other.Start <= End);
    }

    /// <summary>Reads a time as STAC writes it; a time without offset is taken as UTC, as STAC demands.</summary>
    internal static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static DateTimeOffset? ParseEnd(string end, string text) => end is "" or ".." ? null : ParseTime(end, text);

    private static DateTimeOffset ParseTime(string time, string text) => TryParseTime(time, out var parsed) ? parsed : throw NotAnInterval(text);

    private static FormatException NotAnInterval(string text) =>
        new($"'{text}' is not a time or a time interval: write 2019-07-21T00:00:00Z, or two times with a slash between them.");
}
