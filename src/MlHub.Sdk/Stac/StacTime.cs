using System.Globalization;

namespace MlHub.Sdk;

/// <summary>
/// Parses times more leniently than RFC 3339: without a zone (UTC, as STAC requires), without a time of day, with a space instead of <c>T</c>, with more digits
/// than .NET supports. A time that .NET cannot represent becomes the nearest one that it can: a leap second becomes the last moment before it.
/// </summary>
internal static class StacTime
{
    private const int FractionDigits = 7;

    /// <summary>.NET supports offsets up to 14 hours, RFC 3339 up to 24.</summary>
    private const int MostHours = 14;

    /// <summary>Parses a date, or a date and a time. Text without a valid day is not a time.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        text = text.Trim();
        if (!TryDate(ref text, out var date) || !TryTimeOfDay(ref text, out var ofDay) || !TryOffset(text, out var offset))
        {
            return false;
        }

        var utc = Math.Clamp(date + ofDay - offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        var local = utc + offset.Ticks;
        time = Math.Abs(offset.TotalHours) <= MostHours && local >= DateTime.MinValue.Ticks && local <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, offset)
            : new DateTimeOffset(utc, TimeSpan.Zero);
        return true;
    }

    /// <summary>Consumes <c>yyyy-MM-dd</c>.</summary>
    private static bool TryDate(ref ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (!TryDigits(ref text, 4, out var year) || !TryTake(ref text, '-') || !TryDigits(ref text, 2, out var month) || !TryTake(ref text, '-')
            || !TryDigits(ref text, 2, out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        ticks = new DateTime(year, month, day).Ticks;
        return true;
    }

    /// <summary>Consumes <c>THH:mm:ss.fff</c>. If there is none, the time is midnight.</summary>
    private static bool TryTimeOfDay(ref ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text is [] or ['Z' or 'z'])
        {
            return true;
        }

        var (second, fraction) = (0, 0L);
        if (!TryTake(ref text, 'T') && !TryTake(ref text, 't') && !TryTake(ref text, ' ') && !TryTake(ref text, '_'))
        {
            return false;
        }

        if (!TryDigits(ref text, 2, out var hour) || !TryTake(ref text, ':') || !TryDigits(ref text, 2, out var minute)
            || (TryTake(ref text, ':') && (!TryDigits(ref text, 2, out second) || !TryFraction(ref text, out fraction))))
        {
            return false;
        }

        var isLeapSecond = second == 60;
        ticks = new TimeSpan(hour, minute, isLeapSecond ? 59 : second).Ticks + (isLeapSecond ? TimeSpan.TicksPerSecond - 1 : fraction);
        return minute <= 59 && second <= 60 && (hour <= 23 || ticks == TimeSpan.TicksPerDay);
    }

    /// <summary>Consumes a fraction of a second. Digits that .NET does not support are dropped.</summary>
    private static bool TryFraction(ref ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (!TryTake(ref text, '.') && !TryTake(ref text, ','))
        {
            return true;
        }

        var digits = text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        for (var i = 0; i < FractionDigits; i++)
        {
            ticks = (ticks * 10) + (i < digits ? text[i] - '0' : 0);
        }

        text = text[digits..];
        return digits > 0;
    }

    /// <summary>Reads <c>Z</c>, <c>+hh:mm</c>, <c>+hhmm</c>, <c>+hh</c> or nothing; Python programs also append Z to an offset.</summary>
    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        text = text.TrimStart();
        var isNegative = text is ['-', ..];
        if (isNegative || text is ['+', ..])
        {
            text = text[1..];
            var minutes = 0;
            if (!TryDigits(ref text, 2, out var hours) || ((TryTake(ref text, ':') || text is [>= '0' and <= '9', ..]) && !TryDigits(ref text, 2, out minutes))
                || hours > 23 || minutes > 59)
            {
                return false;
            }

            offset = new TimeSpan(isNegative ? -hours : hours, isNegative ? -minutes : minutes, 0);
        }

        return text.IsEmpty || text.Equals("Z", StringComparison.OrdinalIgnoreCase)
            || text.Equals("UTC", StringComparison.OrdinalIgnoreCase) || text.Equals("GMT", StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, char wanted)
    {
        if (text.IsEmpty || text[0] != wanted)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TryDigits(ref ReadOnlySpan<char> text, int count, out int number)
    {
        number = 0;

        // .NET itself ignores NULs after the digits.
        if (text.Length < count || text[..count].ContainsAnyExceptInRange('0', '9') || !int.TryParse(text[..count], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        text = text[count..];
        return true;
    }
}
