using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Assets.Layout;

/// <summary>Makes the path of an asset from a template of the user, for example <c>{collection}/{year}/{item}.{key}{ext}</c>.</summary>
internal sealed partial class LayoutTemplate
{
    internal const string SharedItem = "_common";
    internal const string NoItem = "_collection";
    private const string NoCollection = "_none";
    private const string NoTime = "undated";
    private const string Empty = "_";

    private static readonly string[] Fields = ["dataset", "collection", "item", "key", "ext", "year", "month", "day", "date"];

    // Windows does not allow them.
    private static readonly SearchValues<char> NotAllowed = SearchValues.Create("\\:*?\"<>|");

    private readonly string[] _segments;

    private LayoutTemplate(string text, string[] segments) => (Text, _segments) = (text, segments);

    internal string Text { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="ArgumentException">It has an unknown field, or its paths would not be plain paths in the directory. The message lists the fields.</exception>
    internal static LayoutTemplate Parse(string text, string parameter)
    {
        var fields = string.Join(", ", Fields.Select(field => $"{{{field}}}"));
        var segments = text.Split('/');
        var literals = segments.Select(segment => Field().Replace(segment, "")).ToArray();
        var unknown = Field().Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => !Fields.Contains(name, StringComparer.Ordinal));
        var problem = string.IsNullOrWhiteSpace(text) ? "is empty"
            : unknown is not null ? $"has the unknown field {{{unknown}}}"
            : literals.Any(literal => literal.AsSpan().ContainsAny('{', '}')) ? "has a brace that does not belong to a field"
            : text[0] == '/' || segments.Contains("..", StringComparer.Ordinal) ? "leads out of the directory"
            : segments.Any(segment => segment is "" or ".") ? "has an empty part between slashes"
            : literals.Any(literal => literal.AsSpan().ContainsAny(NotAllowed) || literal.Any(char.IsControl)) ? "has a character that is not allowed in file names everywhere (\\ : * ? \" < > |)"
            : !Field().IsMatch(text) ? "has no field"
            : null;
        return problem is null ? new LayoutTemplate(text, segments)
            : throw new ArgumentException($"The layout '{text}' {problem}. It must be a relative path with some of these fields: {fields}.", parameter);
    }

    /// <summary>The path of an asset, with slashes. Each part is a safe name. Two assets may get the same path.</summary>
    internal string PathOf(AssetNames names)
    {
        var path = new StringBuilder();
        for (var index = 0; index < _segments.Length; index++)
        {
            var name = Field().Replace(_segments[index], match => ValueOf(match.Groups[1].Value, names));
            path.Append(index == 0 ? "" : "/").Append(AssetLayout.Safe(name.Length == 0 ? Empty : name, index == _segments.Length - 1 ? Extension(name, names) : ""));
        }

        return path.ToString();
    }

    private static string Extension(string name, AssetNames names) => name.EndsWith(names.Extension, StringComparison.Ordinal) ? names.Extension : "";

    private static string ValueOf(string field, AssetNames names)
    {
        return field switch
        {
            "dataset" => names.Dataset,
            "collection" => names.Collection.Length == 0 ? NoCollection : names.Collection,
            "item" => names.Item,
            "key" => names.Key,
            "ext" => names.Extension,
            "year" => Time("yyyy"),
            "month" => Time("MM"),
            "day" => Time("dd"),
            _ => Time("yyyy-MM-dd"),
        };

        string Time(string format) => names.Time?.ToUniversalTime().ToString(format, CultureInfo.InvariantCulture) ?? NoTime;
    }

    [GeneratedRegex(@"\{([^{}/]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}
