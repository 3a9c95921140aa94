using System.Globalization;

namespace MlHub.Hub.Templates;

/// <summary>The time of an item.</summary>
/// <param name="Start">Its first moment.</param>
/// <param name="End">Its last moment. The same if the time is a day or a moment.</param>
internal readonly record struct TemplateTime(DateTime Start, DateTime End)
{
    internal bool IsMoment => Start == End;

    /// <summary>Reads the time from the values of a template.</summary>
    /// <param name="values">The values.</param>
    /// <param name="whyNot">What is wrong with them. Null if nothing is.</param>
    /// <returns>Null if the values have no time, or a wrong one.</returns>
    internal static TemplateTime? Of(IReadOnlyDictionary<string, string> values, out string? whyNot)
    {
        var start = values.GetValueOrDefault("date") ?? values.GetValueOrDefault("start") ?? FromParts(values);
        var end = values.GetValueOrDefault("date") is null ? values.GetValueOrDefault("end") : null;
        whyNot = null;
        if (start is null && end is null)
        {
            return null;
        }

        if (Read(start ?? end!) is not { } first)
        {
            whyNot = $"'{start ?? end}' is not a date";
            return null;
        }

        if (end is null)
        {
            return first;
        }

        if (Read(end) is not { } last || last.End < first.Start)
        {
            whyNot = $"'{end}' is not a date, or is before '{start}'";
            return null;
        }

        return new TemplateTime(first.Start, LastMoment(end, last));
    }

    private static string? FromParts(IReadOnlyDictionary<string, string> values) => values.GetValueOrDefault("year") is not { } year ? null
        : year + (values.GetValueOrDefault("month") is not { } month ? "" : month + values.GetValueOrDefault("day"));

    // A day is its first moment, as in the items of the service. Months and years are intervals.
    private static TemplateTime? Read(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        string[] formats = ["yyyyMMddHHmmss", "yyyyMMdd", "yyyyMM", "yyyy"];
        if (!DateTime.TryParseExact(digits, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var start))
        {
            return null;
        }

        return digits.Length switch
        {
            4 => new TemplateTime(start, start.AddYears(1).AddSeconds(-1)),
            6 => new TemplateTime(start, start.AddMonths(1).AddSeconds(-1)),
            _ => new TemplateTime(start, start),
        };
    }

    // The end of an interval is the end of its last day.
    private static DateTime LastMoment(string text, TemplateTime last) => text.Count(char.IsAsciiDigit) == 8 ? last.End.AddDays(1).AddSeconds(-1) : last.End;
}
