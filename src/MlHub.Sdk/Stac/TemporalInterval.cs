using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A time interval that includes both ends (STAC 1.0.0, Temporal Extent Object). An end that is null is open.</summary>
/// <param name="Start">The start, or null.</param>
/// <param name="End">The end, or null.</param>
[JsonConverter(typeof(TemporalIntervalJsonConverter))]
public sealed record TemporalInterval(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>Parses <c>T</c>, <c>T/T</c>, <c>T/..</c> or <c>../T</c>, as in a query of OGC API Features. A time without an offset is UTC.</summary>
    /// <param name="text">One or two RFC 3339 times or dates, separated by a slash.</param>
    /// <returns>The interval. A single time is both the start and the end. A date is the whole day.</returns>
    /// <exception cref="FormatException">The text does not have this form, or the end is before the start.</exception>
    public static TemporalInterval Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var interval = text.Split('/', StringSplitOptions.TrimEntries) switch
        {
            [var only] => new TemporalInterval(ParseTime(only, text), LastMoment(only, text)),
            [var start, var end] => new TemporalInterval(IsOpen(start) ? null : ParseTime(start, text), IsOpen(end) ? null : LastMoment(end, text)),
            _ => throw NotAnInterval(text),
        };
        return interval is { Start: { } from, End: { } to } && from > to
            ? throw new FormatException($"'{text}' is not a time interval: it ends before it begins.")
            : interval;
    }

    /// <summary>Whether the intervals have a moment in common.</summary>
    /// <param name="other">The other interval.</param>
    public bool Intersects(TemporalInterval other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Start is null || other.End is null || Start <= other.End) && (other.Start is null || End is null || other.Start <= End);
    }

    /// <summary>Reads an array of two times. An end that is null, <c>..</c>, empty or not a time becomes null. Null if it is not such an array.</summary>
    internal static TemporalInterval? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2 && json.EnumerateArray().All(IsEnd)
            ? new TemporalInterval(ReadEnd(json[0]), ReadEnd(json[1]))
            : null;

    private static bool IsEnd(JsonElement end) => end.ValueKind is JsonValueKind.String or JsonValueKind.Null;

    private static DateTimeOffset? ReadEnd(JsonElement end) => StacTime.TryParse(JsonFields.AsText(end), out var time) ? time : null;

    private static bool IsOpen(string end) => end is "" or "..";

    /// <summary>The time, or the last moment of the day if there is only a date.</summary>
    private static DateTimeOffset LastMoment(string time, string text)
    {
        var parsed = ParseTime(time, text);
        return time.Contains(':', StringComparison.Ordinal) ? parsed : parsed.Add(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
    }

    private static DateTimeOffset ParseTime(string time, string text) => StacTime.TryParse(time, out var parsed) ? parsed : throw NotAnInterval(text);

    private static FormatException NotAnInterval(string text) =>
        new($"'{text}' is not a time or a time interval: write 2019-07-21T00:00:00Z or 2019-07-21, or two of them with a slash between them.");
}
