namespace MlHub.Hub.Templates;

/// <summary>Makes items and their assets of files: what a path has in common with others names the item, and the rest the asset.</summary>
internal sealed class ItemTemplate
{
    private const string OnlyAsset = "data";

    private readonly PathTemplate _path;
    private readonly string _item;
    private readonly string _asset;

    /// <param name="collection">The id of the collection.</param>
    /// <param name="path">The template of the paths.</param>
    /// <param name="item">The template of the ids of the items. Null for the id of the collection and all values but those of the asset, with underscores between them.</param>
    /// <param name="asset">The template of the keys of the assets. Null for <c>{asset}</c> or <c>{band}</c>, whichever the path has, or else <c>data</c>.</param>
    /// <exception cref="FormatException">A template is wrong, or uses a name that the path does not have.</exception>
    internal ItemTemplate(string collection, string path, string? item, string? asset)
    {
        _path = new PathTemplate(path);
        _asset = asset ?? (_path.Names.Contains("asset") ? "{asset}" : _path.Names.Contains("band") ? "{band}" : OnlyAsset);
        _item = item ?? string.Join('_', _path.Names.Except(PathTemplate.NamesIn(_asset)).Select(name => $"{{{name}}}").Prepend(collection));
        foreach (var name in PathTemplate.NamesIn(_asset).Concat(PathTemplate.NamesIn(_item)).Where(name => !_path.Names.Contains(name)))
        {
            throw new FormatException($"{{{name}}} is not in the template '{path}'.");
        }
    }

    internal string Path => _path.Text;

    internal IReadOnlyList<string> Names => _path.Names;

    /// <summary>What the template makes of a path. Null if the path does not match.</summary>
    internal TemplateMatch? Match(string path) =>
        _path.Match(path) is { } values ? new TemplateMatch(PathTemplate.Fill(_item, values), PathTemplate.Fill(_asset, values), values) : null;
}
