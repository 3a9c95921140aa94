using System.Buffers;
using System.Text;
using System.Text.Json;
using MlHub.Sdk.Assets.Catalogue;

namespace MlHub.Sdk.Assets.Record;

/// <summary>Writes the assets of a catalogue to the database, each with its path.</summary>
internal sealed class CatalogueImport(AssetDatabase database, Uri root)
{
    private readonly AssetLayout _layout = new();

    /// <summary>Replaces the rows of the database by those of a catalogue.</summary>
    /// <param name="tarball">The catalogue.</param>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="digest">The digest of the catalogue.</param>
    /// <param name="files">Gets the STAC files; null to write none.</param>
    /// <param name="cancellationToken">Ends the import, and leaves the rows as they were.</param>
    /// <exception cref="MlHubException">The catalogue is damaged.</exception>
    internal async Task RunAsync(string tarball, string datasetId, string digest, StacFiles? files, CancellationToken cancellationToken)
    {
        database.BeginRebuild();
        await foreach (var document in CatalogueReader.ReadAsync(tarball, datasetId, database.AddRefused, cancellationToken).ConfigureAwait(false))
        {
            if (TryAdd(document))
            {
                files?.Write(document);
            }
            else
            {
                database.AddRefused(new RefusedEntry(document.Name, "it is not a STAC catalog, collection or item"));
            }
        }

        database.EndRebuild(digest);
    }

    private bool TryAdd(CatalogueDocument document)
    {
        if (document.IsCatalog)
        {
            return true;
        }

        if (document.IsCollection)
        {
            return TryAddCollection(document);
        }

        if (document.ReadItem() is not { } item)
        {
            return false;
        }

        AddItem(item, document);
        return true;
    }

    private bool TryAddCollection(CatalogueDocument document)
    {
        if (EntityId.Of(document.Json) is not { } id)
        {
            return false;
        }

        database.AddCollection(id);
        _layout.ReserveInCollection(id, document.FileName);
        var self = Link.ReadAll(document.Json).FirstOrDefault(link => link.Rel == "self")?.Href is { } href && Uri.TryCreate(href, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
        foreach (var (key, asset) in Asset.ReadAll(document.Json))
        {
            var location = AssetLocation.Of(asset.Href, self, root);
            database.Add(Row(key, asset, location) with { CollectionId = id, Path = Slashes(_layout.PlaceOfCollection(id, key, FileExtension.Of(location.Url, asset.Type))) });
        }

        return true;
    }

    private void AddItem(Item item, CatalogueDocument document)
    {
        var fields = ItemFields.Of(item, document.Json);
        foreach (var file in _layout.PlaceAll(item, asset => AssetsClient.Locate(item, asset, root), document.FileName))
        {
            database.Add(Row(file.Key, file.Asset, file.Location) with
            {
                CollectionId = item.CollectionId ?? "",
                ItemId = item.Id,
                Path = Slashes(Path.Combine(file.Folder, file.Name)),
                IsCommon = file.IsCommon,
                Item = fields,
            });
        }
    }

    private static AssetRow Row(string key, Asset asset, AssetLocation location) => new()
    {
        CollectionId = "",
        Key = key,
        Path = "",
        Url = location.Url?.AbsoluteUri ?? asset.Href,
        MediaType = asset.Type,
        RolesJson = asset.Roles.Count == 0 ? "[]" : Json(asset.Roles),
        StatedBytes = AssetFile.SizeOf(asset),
        StatedDigest = AssetFile.DigestOf(asset)?.ToString(),
    };

    private static string Json(IReadOnlyList<string> texts)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Slashes(string path) => path.Replace('\\', '/');
}
