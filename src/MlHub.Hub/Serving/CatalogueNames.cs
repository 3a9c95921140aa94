using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Serving;

/// <summary>The names of documents in the catalogue of a dataset: where they lie in its folder or in its tarball, or else <c>{collection}/{item}/{item}.json</c>.</summary>
internal sealed class CatalogueNames
{
    private readonly string _inTarball;
    private readonly string? _folder;

    internal CatalogueNames(string dataset, IReadOnlyList<StoredCatalog> catalogs)
    {
        _inTarball = dataset + "/";

        // The topmost catalog.json is in the folder of the dataset. That folder may be the directory itself.
        var top = catalogs.Where(catalog => catalog.Source == Source.Tree && Path.GetFileName(catalog.Path) == FileNames.Catalog).MinBy(catalog => catalog.Path.Length)?.Path;
        _folder = top?[..^FileNames.Catalog.Length];
    }

    internal string Of(StoredCollection collection) =>
        (collection.Path is null ? null : Of(collection.Path, collection.Entry, collection.Source)) ?? $"{Part(collection.Name)}/{FileNames.Collection}";

    internal string Of(StoredCollection collection, StoredItem item) => Of(item.Path, item.Entry, item.Source) ?? $"{Part(collection.Name)}/{Part(item.Name)}/{Part(item.Name)}.json";

    internal string? Of(string path, string? entry, Source source) => source switch
    {
        Source.Tree when _folder is not null && path.StartsWith(_folder, StringComparison.Ordinal) => path[_folder.Length..],
        Source.CatalogTarball when entry!.StartsWith(_inTarball, StringComparison.Ordinal) => entry[_inTarball.Length..],
        _ => null,
    };

    // An id may contain what a file name must not.
    private static string Part(string id) => Uri.EscapeDataString(id) is ['.', .. var rest] ? $"%2E{rest}" : Uri.EscapeDataString(id);
}
