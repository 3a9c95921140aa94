using System.Globalization;

namespace MlHub.Server;

/// <summary>A moment, or the time between two moments. Open ends are <see cref="DateTimeOffset.MinValue"/> and <see cref="DateTimeOffset.MaxValue"/>.</summary>
internal readonly record struct Moments(DateTimeOffset Start, DateTimeOffset End)
{
    private const int DateLength = 10;

    public bool IsMoment => Start == End;

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

    /// <summary>The whole day in UTC.</summary>
    public static Moments OfDay(DateOnly date)
    {
        var start = new DateTimeOffset(date.ToDateTime(default), TimeSpan.Zero);
        return new Moments(start, new DateTimeOffset(date.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero));
    }

    /// <summary>Reads the parameter <c>datetime</c> of a search: a time, or two of them with a slash between them, one of which may be <c>..</c> or empty.</summary>
    /// <exception cref="InvalidFilterException">It is neither.</exception>
    public static Moments ReadInterval(string text)
    {
        var ends = text.Split('/');
        if (ends.Length == 1)
        {
            var moment = ReadEnd(ends[0]) ?? throw new InvalidFilterException("datetime must be a time, or an interval with one end.");
            return new Moments(moment, moment);
        }

        var (start, end) = ends.Length == 2 ? (ReadEnd(ends[0]), ReadEnd(ends[1])) : throw new InvalidFilterException("datetime must be one time, or two with a slash between them.");
        return (start, end) switch
        {
            (null, null) => throw new InvalidFilterException("datetime must have at least one end that is not open."),
            _ when start > end => throw new InvalidFilterException("datetime must not end before it begins."),
            _ => new Moments(start ?? DateTimeOffset.MinValue, end ?? DateTimeOffset.MaxValue),
        };
    }

    /// <summary>Negative if this is before the other, positive if it is after it, 0 if both are the same, and null if they overlap in another way.</summary>
    public int? CompareTo(Moments other) => this == other ? 0 : End < other.Start || (End == other.Start && !IsMoment && !other.IsMoment) ? -1 : Start > other.End || (Start == other.End && !IsMoment && !other.IsMoment) ? 1 : null;

    private static DateTimeOffset? ReadEnd(string text) =>
        text is "" or ".." ? null
        : TryReadTime(text, out var time) ? time
        : throw new InvalidFilterException("datetime must be a time of RFC 3339 with a zone, such as 2019-06-01T00:00:00Z.");

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
