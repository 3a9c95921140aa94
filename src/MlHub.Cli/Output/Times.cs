using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Times and intervals as text (RFC 3339).</summary>
internal static class Times
{
    public static string? Of(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>One time, or two separated by a slash. <c>..</c> is an open end.</summary>
    public static string? Of(TemporalInterval? interval) => interval switch
    {
        null => null,
        { Start: { } start, End: { } end } when start == end => Of(start),
        _ => $"{Of(interval.Start) ?? ".."}/{Of(interval.End) ?? ".."}",
    };
}
