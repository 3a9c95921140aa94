namespace MlHub.Server;

/// <summary>A moment, or the time between two moments. Open ends are <see cref="DateTimeOffset.MinValue"/> and <see cref="DateTimeOffset.MaxValue"/>.</summary>
internal readonly record struct Moments(DateTimeOffset Start, DateTimeOffset End)
{
    public bool IsMoment => Start == End;

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
        : Rfc3339.TryReadTime(text, out var time) ? time
        : throw new InvalidFilterException("datetime must be a time of RFC 3339 with a zone, such as 2019-06-01T00:00:00Z.");
}
