using System.Globalization;
using System.Text.RegularExpressions;

namespace MlHub.Hub.Templates;

/// <summary>
/// A template of paths, such as <c>{tile}/{date}/{band}.tif</c>. A name stands for one or more characters of one segment, <c>*</c> for any characters of a segment, and <c>**</c> for any
/// characters. A name that is there twice has the same value in both places.
/// </summary>
internal sealed partial class PathTemplate
{
    // 2019, 201906, 2019-06, 20190606, 2019-06-06, 2019_06_06, and 20190606T081530Z with or without separators.
    private const string Date = @"(?:\d{4}[-_]?\d{2}[-_]?\d{2}(?:T\d{2}[-_:]?\d{2}[-_:]?\d{2}Z?)?|\d{4}[-_]?\d{2}|\d{4})";

    private readonly Regex _regex;
    private readonly List<string> _groups = [];

    // The parts of the expression. The odd ones are groups.
    private readonly List<string> _parts = [""];

    /// <param name="text">The template.</param>
    /// <exception cref="FormatException">The text is not a template.</exception>
    internal PathTemplate(string text)
    {
        Text = text;
        var afterName = false;
        foreach (Match part in Parts().Matches(text))
        {
            var name = part.Groups["name"];
            var isFree = name.Success ? !IsTime(name.Value) : part.Value[0] == '*';
            if (isFree && afterName)
            {
                throw new FormatException($"'{text}' has two placeholders side by side before '{text[(part.Index + part.Length)..]}': nothing tells where the first ends. Put a character between them.");
            }

            afterName = isFree;
            if (name.Success)
            {
                _parts.AddRange([Named(name.Value), ""]);
                continue;
            }

            _parts[^1] += part.Value switch
            {
                "**" => ".*",
                "*" => "[^/]*",
                "{" or "}" => throw new FormatException($"'{text}' has a brace without a name. Write {{name}}, with a name of small letters, digits and underscores."),
                _ => Regex.Escape(part.Value),
            };
        }

        Names = [.. _groups.Distinct(StringComparer.Ordinal)];

        _regex = Expression(_parts);
    }

    internal string Text { get; }

    /// <summary>The names in the template, in their order, each once.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Whether a name stands for a time, or a part of one.</summary>
    internal static bool IsTime(string name) => name is "date" or "start" or "end" or "year" or "month" or "day";

    /// <summary>The values of the names in a path. Null if the path does not match.</summary>
    internal Dictionary<string, string>? Match(string path)
    {
        if (_regex.Match(path) is not { Success: true } match)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < _groups.Count; i++)
        {
            values.TryAdd(_groups[i], match.Groups[GroupOf(i)].Value);
        }

        var isSame = Enumerable.Range(0, _groups.Count).All(i => match.Groups[GroupOf(i)].Value == values[_groups[i]]);
        return isSame || MatchesAgain(path, values) ? values : null;
    }

    // A name that is there twice may have ended too early the second time. Now its later places are the value of the first one.
    private bool MatchesAgain(string path, Dictionary<string, string> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var parts = _parts.Select((part, i) => i % 2 == 1 && !seen.Add(_groups[i / 2]) ? Regex.Escape(values[_groups[i / 2]]) : part);
        if (Expression(parts).Match(path) is not { Success: true } match)
        {
            return false;
        }

        foreach (var name in Names)
        {
            var value = match.Groups[GroupOf(_groups.IndexOf(name))].Value;
            if (value != values[name] && _groups.Count(group => group == name) > 1)
            {
                return false;
            }

            values[name] = value;
        }

        return true;
    }

    // Linear in the length of a path, whatever the template.
    private static Regex Expression(IEnumerable<string> parts) =>
        new($"^{string.Concat(parts)}\\z", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    /// <summary>Fills values into a text with names.</summary>
    internal static string Fill(string text, IReadOnlyDictionary<string, string> values) => Parts().Replace(text, part => part.Groups["name"] is { Success: true } name ? values[name.Value] : part.Value);

    /// <summary>The names in a text.</summary>
    internal static IEnumerable<string> NamesIn(string text) => Parts().Matches(text).Select(part => part.Groups["name"]).Where(name => name.Success).Select(name => name.Value);

    private string Named(string name)
    {
        _groups.Add(name);
        return $"(?<{GroupOf(_groups.Count - 1)}>{name switch
        {
            "date" or "start" or "end" => Date,
            "year" => @"\d{4}",
            "month" or "day" => @"\d{2}",
            _ => "[^/]+?",
        }})";
    }

    private static string GroupOf(int number) => string.Create(CultureInfo.InvariantCulture, $"g{number}");

    [GeneratedRegex(@"\{(?<name>[a-z][a-z0-9_]*)\}|\*\*|\*|[{}]|[^{}*]+")]
    private static partial Regex Parts();
}
