using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Layout;

namespace MlHub.Sdk.Assets.Record;

/// <summary>Gives each asset its path in the directory of the dataset: in the layout of the Python client, or in that of a template. No two assets get the same path.</summary>
/// <param name="datasetId">The dataset.</param>
/// <param name="template">The template; null for the usual layout.</param>
/// <param name="claims">The paths that are not free for a template.</param>
internal sealed class AssetPlaces(string datasetId, LayoutTemplate? template, PathClaims claims)
{
    private readonly AssetLayout _layout = new();

    /// <summary>The assets of a collection itself.</summary>
    internal IEnumerable<(string Key, Asset Asset, AssetLocation Location, string Path)> OfCollection(string id, CatalogueDocument document, Func<Asset, AssetLocation> locate)
    {
        _layout.ReserveInCollection(id, document.FileName);
        foreach (var (key, asset) in Asset.ReadAll(document.Json))
        {
            var location = locate(asset);
            var extension = FileExtension.Of(location.Url, asset.Type);
            var usual = Slashes(_layout.PlaceOfCollection(id, key, extension));
            yield return (key, asset, location, ByTemplate(usual, new AssetNames(datasetId, id, LayoutTemplate.NoItem, key, extension, Time: null)));
        }
    }

    /// <summary>The assets of an item. Items that already have their paths are left out.</summary>
    internal IEnumerable<(AssetFile File, string Path)> OfItem(ItemAssets assets, ItemFields fields)
    {
        var item = assets.Item;
        var time = template is null ? null : fields.Time is { } own ? own.Start ?? own.End : null;
        foreach (var file in _layout.PlaceAll(assets))
        {
            var usual = Slashes(Path.Combine(file.Folder, file.Name));
            var extension = template is null ? "" : FileExtension.Of(file.Location.Url, file.Asset.Type);
            yield return (file, template is null ? usual : ByTemplate(usual, file.IsCommon
                ? new AssetNames(datasetId, item.CollectionId ?? "", LayoutTemplate.SharedItem, file.Key, extension, Time: null)
                : new AssetNames(datasetId, item.CollectionId ?? "", item.Id, file.Key, extension, time)));
        }
    }

    // The usual path is different for different assets, so it says whose path it is.
    private string ByTemplate(string usual, AssetNames names) => template is null ? usual : claims.Claim(template.PathOf(names) is var path && AssetLayout.IsRecord(path) ? $"_{path}" : path, names.Extension, usual);

    private static string Slashes(string path) => path.Replace('\\', '/');
}
