using System.Globalization;

namespace MlHub;

/// <summary>Reads times of RFC 3339. The server and its hubs each compile this file, so that an index and a filter read the same.</summary>
internal static class Rfc3339
{
    private const int DateLength = 10;

    /// <summary>Reads a time of RFC 3339, which has a zone. A leap second becomes the second before it, and digits beyond the precision of .NET are ignored.</summary>
    public static bool TryReadTime(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < DateLength + "T00:00:00Z".Length || text[DateLength] is not ('T' or 't' or ' ') || !TryReadDate(text[..DateLength], out var date) || !TryReadClock(text[(DateLength + 1)..], out var clock, out var rest))
        {
            return false;
        }

        if (!TryReadZone(rest, out var zone))
        {
            return false;
        }

        try
        {
            time = new DateTimeOffset(date.ToDateTime(default) + clock, zone).ToUniversalTime();
        }
        catch (ArgumentOutOfRangeException)
        {
            // Less than a day before the first or after the last moment of .NET.
            time = date.Year == 1 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        }

        return true;
    }

    /// <summary>Reads a date such as <c>2019-06-01</c>.</summary>
    public static bool TryReadDate(ReadOnlySpan<char> text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>Reads the time of an item: of RFC 3339, or in another form that .NET knows. Without a zone, it is in UTC.</summary>
    public static bool TryReadAnyTime(string text, out DateTimeOffset time) =>
        TryReadTime(text, out time) || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static bool TryReadClock(ReadOnlySpan<char> text, out TimeSpan clock, out ReadOnlySpan<char> rest)
    {
        clock = default;
        rest = default;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !TryReadNumber(text[..2], 23, out var hour) || !TryReadNumber(text[3..5], 59, out var minute) || !TryReadNumber(text[6..8], 60, out var second))
        {
            return false;
        }

        var ticks = 0L;
        rest = text[8..];
        if (rest is ['.', ..])
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
            {
                return false;
            }

            for (var i = 0; i < 7; i++)
            {
                ticks = ticks * 10 + (i < digits ? rest[1 + i] - '0' : 0);
            }

            rest = rest[(1 + digits)..];
        }

        clock = new TimeSpan(hour, minute, Math.Min(second, 59)) + new TimeSpan(ticks);
        return true;
    }

    private static bool TryReadZone(ReadOnlySpan<char> text, out TimeSpan zone)
    {
        zone = default;
        if (text is ['Z'] or ['z'])
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':' || !TryReadNumber(text[1..3], 23, out var hours) || !TryReadNumber(text[4..], 59, out var minutes))
        {
            return false;
        }

        // .NET has zones up to 14 hours.
        zone = new TimeSpan(hours, minutes, 0);
        zone = text[0] == '-' ? -zone : zone;
        return zone.Duration() <= TimeSpan.FromHours(14);
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, int max, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;
}
