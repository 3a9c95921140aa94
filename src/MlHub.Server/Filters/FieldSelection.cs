namespace MlHub.Server;

/// <summary>The <c>fields</c> of a search: which fields of items are returned.</summary>
internal sealed class FieldSelection
{
    // What a client needs in order to recognise an item.
    private static readonly string[] Always = ["type", "stac_version", "id", "collection"];
    private static readonly string[] Usual = [.. Always, "stac_extensions", "geometry", "bbox", "links", "assets", "properties.datetime", "properties.start_datetime", "properties.end_datetime"];

    private readonly HashSet<string> _include;
    private readonly HashSet<string> _exclude;

    private FieldSelection(IEnumerable<string> include, IEnumerable<string> exclude)
    {
        _include = new HashSet<string>(include, StringComparer.Ordinal);
        _exclude = new HashSet<string>(exclude.Except(Always), StringComparer.Ordinal);
        HasDefault = _include.Count == 0;
        _include.UnionWith(Always);
    }

    /// <summary>Whether fields that are not named are returned.</summary>
    public bool HasDefault { get; }

    /// <summary>Reads the parameter: names, those to be left out with <c>-</c> before them.</summary>
    public static FieldSelection? Of(IReadOnlyList<string> names) => names.Count == 0 ? null : new FieldSelection(
        names.Where(name => name[0] != '-').Select(name => name.TrimStart('+', ' ')),
        names.Where(name => name[0] == '-').Select(name => name[1..]));

    /// <summary>Reads the object of a body. If <c>include</c> is there and empty, the usual fields are returned.</summary>
    public static FieldSelection Of(IReadOnlyList<string>? include, IReadOnlyList<string>? exclude, bool isUsual) =>
        new(include is { Count: > 0 } ? include : isUsual ? Usual.Except(exclude ?? []) : [], exclude ?? []);

    /// <summary>Whether a field is returned, or a part of it.</summary>
    /// <param name="path">The path of the field, with dots.</param>
    /// <param name="inherited">Whether the object around it is returned.</param>
    /// <param name="isSelected">Whether its members are returned, if nothing else is said about them.</param>
    /// <param name="isWhole">Whether it is returned as it is.</param>
    public bool Keeps(string path, bool inherited, out bool isSelected, out bool isWhole)
    {
        isSelected = _include.Contains(path) || (inherited && !_exclude.Contains(path));
        var prefix = path + ".";
        isWhole = isSelected && !HasBelow(_exclude, prefix);
        return isSelected || HasBelow(_include, prefix);
    }

    private static bool HasBelow(HashSet<string> paths, string prefix) => paths.Any(path => path.StartsWith(prefix, StringComparison.Ordinal));
}
