using System.Globalization;
using System.Text;
using NetTopologySuite.Geometries;

namespace MlHub.Server;

/// <summary>The operators and functions of CQL2. Each gets the values of its arguments, and returns null if the result is unknown.</summary>
internal sealed record CqlOperator(int MinArguments, int MaxArguments, Func<object?[], object?> Apply)
{
    private const int Many = int.MaxValue;
    private const int MostPointsOfArea = 10_000;
    private const int MostPoints = 500;
    private const int MostElements = 500;

    private static readonly Dictionary<string, CqlOperator> All = new(StringComparer.OrdinalIgnoreCase)
    {
        // An unknown value is neither true nor false (OGC 21-065r2, 6.3.1).
        ["and"] = new(1, Many, values => values.Contains(false) ? false : values.All(value => value is true) ? true : null),
        ["or"] = new(1, Many, values => values.Contains(true) ? true : values.All(value => value is false) ? false : null),
        ["not"] = new(1, 1, values => values[0] is bool value ? !value : null),
        ["="] = Comparison(order => order == 0),
        ["<>"] = Comparison(order => order != 0),

        // Not CQL2, but some clients send it.
        ["!="] = Comparison(order => order != 0),
        ["<"] = Comparison(order => order < 0),
        ["<="] = Comparison(order => order <= 0),
        [">"] = Comparison(order => order > 0),
        [">="] = Comparison(order => order >= 0),
        ["isNull"] = new(1, 1, values => values[0] is null),
        ["like"] = new(2, 2, values => values is [string text, string pattern] ? IsLike(text, pattern) : null),
        ["between"] = new(3, 3, values => Compare(values[0], values[1]) is { } low && Compare(values[0], values[2]) is { } high ? low >= 0 && high <= 0 : null),
        ["in"] = new(2, 2, values => values is [not null, object?[] list] ? Array.Exists(list, value => AreEqual(values[0], value)) : null),
        ["casei"] = new(1, 1, values => Change(values[0], text => text.ToLowerInvariant())),
        ["accenti"] = new(1, 1, values => Change(values[0], WithoutAccents)),
        ["+"] = Arithmetic((left, right) => left + right),
        ["-"] = new(1, 2, values => values switch { [double one] => -one, [double left, double right] => left - right, _ => null }),
        ["*"] = Arithmetic((left, right) => left * right),
        ["/"] = Arithmetic((left, right) => left / right),
        ["div"] = Arithmetic((left, right) => Math.Truncate(left / right)),
        ["%"] = Arithmetic((left, right) => left % right),
        ["^"] = Arithmetic(Math.Pow),
        ["s_intersects"] = Spatial(Intersect),
        ["s_disjoint"] = Spatial((left, right) => !Intersect(left, right)),
        ["s_contains"] = Spatial((left, right) => left.Contains(right)),
        ["s_within"] = Spatial((left, right) => left.Within(right)),
        ["s_equals"] = Spatial((left, right) => left.EqualsTopologically(right)),
        ["s_touches"] = Spatial((left, right) => left.Touches(right)),
        ["s_crosses"] = Spatial((left, right) => left.Crosses(right)),
        ["s_overlaps"] = Spatial((left, right) => left.Overlaps(right)),
        ["t_after"] = Temporal((left, right) => left.Start > right.End),
        ["t_before"] = Temporal((left, right) => left.End < right.Start),
        ["t_contains"] = Temporal((left, right) => left.Start < right.Start && left.End > right.End),
        ["t_disjoint"] = Temporal((left, right) => left.End < right.Start || left.Start > right.End),
        ["t_during"] = Temporal((left, right) => left.Start > right.Start && left.End < right.End),
        ["t_equals"] = Temporal((left, right) => left == right),
        ["t_finishedBy"] = Temporal((left, right) => left.Start < right.Start && left.End == right.End),
        ["t_finishes"] = Temporal((left, right) => left.Start > right.Start && left.End == right.End),
        ["t_intersects"] = Temporal((left, right) => left.Start <= right.End && left.End >= right.Start),
        ["t_meets"] = Temporal((left, right) => left.End == right.Start),
        ["t_metBy"] = Temporal((left, right) => left.Start == right.End),
        ["t_overlappedBy"] = Temporal((left, right) => left.Start > right.Start && left.Start < right.End && left.End > right.End),
        ["t_overlaps"] = Temporal((left, right) => left.Start < right.Start && left.End > right.Start && left.End < right.End),
        ["t_startedBy"] = Temporal((left, right) => left.Start == right.Start && left.End > right.End),
        ["t_starts"] = Temporal((left, right) => left.Start == right.Start && left.End < right.End),
        ["a_equals"] = Lists((left, right) => left.Length == right.Length && left.Zip(right).All(pair => AreEqual(pair.First, pair.Second))),
        ["a_contains"] = Lists((left, right) => Array.TrueForAll(right, value => Contains(left, value))),
        ["a_containedBy"] = Lists((left, right) => Array.TrueForAll(left, value => Contains(right, value))),
        ["a_overlaps"] = Lists((left, right) => Array.Exists(left, value => Contains(right, value))),
    };

    public static string Names { get; } = string.Join(", ", All.Keys);

    public static CqlOperator? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Refuses constants that take long to compare with each item.</summary>
    /// <param name="name">The name of the operator, in small letters.</param>
    /// <param name="constants">The values of the arguments that are constants.</param>
    /// <param name="arguments">The number of all arguments.</param>
    /// <exception cref="InvalidFilterException">They do.</exception>
    public static void RequireCheap(string name, IReadOnlyList<object?> constants, int arguments)
    {
        var isSpatial = name.StartsWith("s_", StringComparison.Ordinal);
        if (isSpatial && constants.Count == arguments)
        {
            throw new InvalidFilterException($"filter: {name} must compare a property with something.");
        }

        var mostPoints = name is "s_intersects" or "s_disjoint" ? MostPointsOfArea : MostPoints;
        if (isSpatial && constants.OfType<Geometry>().Any(shape => shape.NumPoints > mostPoints))
        {
            throw new InvalidFilterException($"filter: a geometry of {name} must have at most {mostPoints} points.");
        }

        if (name.StartsWith("a_", StringComparison.Ordinal) && constants.OfType<object?[]>().Any(list => list.Length > MostElements))
        {
            throw new InvalidFilterException($"filter: a list of {name} must have at most {MostElements} elements.");
        }
    }

    /// <summary>Negative, 0 or positive, or null if the values cannot be compared. A text is compared with a time if it is one.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (double a, double b) => a.CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        _ => AsTime(left) is { } a && AsTime(right) is { } b ? a.CompareTo(b) : null,
    };

    /// <summary>Whether two geometries have a point in common.</summary>
    public static bool Intersect(Geometry left, Geometry right) =>
        left is GeometryCollection parts && left.GeometryType == Geometry.TypeNameGeometryCollection ? parts.Geometries.Any(part => Intersect(part, right))
        : right is GeometryCollection others && right.GeometryType == Geometry.TypeNameGeometryCollection ? others.Geometries.Any(part => Intersect(left, part))
        : left.Intersects(right);

    private static CqlOperator Comparison(Func<int, bool> isMet) => new(2, 2, values => Compare(values[0], values[1]) is { } order ? isMet(order) : null);

    private static CqlOperator Arithmetic(Func<double, double, double> apply) =>
        new(2, 2, values => values is [double left, double right] && apply(left, right) is var result && double.IsFinite(result) ? result : null);

    private static CqlOperator Spatial(Func<Geometry, Geometry, bool> apply) => new(2, 2, values =>
    {
        try
        {
            return values is [Geometry left, Geometry right] ? apply(left, right) : null;
        }
        catch (Exception error) when (error is TopologyException or ArgumentException)
        {
            // A shape that crosses itself.
            return null;
        }
    });

    private static CqlOperator Temporal(Func<Moments, Moments, bool> apply) =>
        new(2, 2, values => AsTime(values[0]) is { } left && AsTime(values[1]) is { } right ? apply(left, right) : null);

    private static CqlOperator Lists(Func<object?[], object?[], bool> apply) => new(2, 2, values => values is [object?[] left, object?[] right] ? apply(left, right) : null);

    private static bool AreEqual(object? left, object? right) => Compare(left, right) == 0;

    private static bool Contains(object?[] list, object? value) => Array.Exists(list, element => AreEqual(element, value));

    private static Moments? AsTime(object? value) => value switch
    {
        Moments moments => moments,
        string text when Rfc3339.TryReadTime(text, out var time) => new Moments(time, time),
        string text when Rfc3339.TryReadDate(text, out var date) => Moments.OfDay(date),
        _ => null,
    };

    private static object? Change(object? value, Func<string, string> change) => value switch
    {
        string text => change(text),
        object?[] list => Array.ConvertAll(list, element => Change(element, change)),
        _ => null,
    };

    private static string WithoutAccents(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormD).Where(character => CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)).Normalize();

    // % is any text, _ is one character, and a backslash makes both mean themselves. The last % is tried again, so the time is at most the product of both lengths.
    private static bool IsLike(string text, string pattern)
    {
        var (t, p, afterAny, retry) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            var isEscaped = p + 1 < pattern.Length && pattern[p] == '\\';
            if (p < pattern.Length && !isEscaped && pattern[p] == '%')
            {
                (afterAny, retry) = (++p, t);
            }
            else if (p < pattern.Length && (isEscaped ? pattern[p + 1] == text[t] : pattern[p] == '_' || pattern[p] == text[t]))
            {
                p += isEscaped ? 2 : 1;
                t++;
            }
            else if (afterAny >= 0)
            {
                (p, t) = (afterAny, ++retry);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('%') < 0;
    }
}
