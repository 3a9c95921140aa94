using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using MlHub.Sdk.Assets.Catalogue;

namespace MlHub.Sdk.Assets.Record;

/// <summary>Writes the assets of a catalogue to the database, each with its path. One thread prepares the rows while another writes them.</summary>
internal sealed class CatalogueImport(AssetDatabase database, AssetPlaces places, Uri root)
{
    private const int ChangesAhead = 256;

    /// <summary>Replaces the rows of the database by those of a catalogue.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="digest">The digest of the catalogue.</param>
    /// <param name="files">Gets the STAC files; null to write none.</param>
    /// <param name="cancellationToken">Ends the import, and leaves the rows as they were.</param>
    /// <exception cref="MlHubException">The catalogue is damaged.</exception>
    internal async Task RunAsync(CatalogueFile catalogue, string datasetId, string digest, StacFiles? files, CancellationToken cancellationToken)
    {
        database.BeginRebuild();
        var changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(ChangesAhead) { SingleReader = true, SingleWriter = true });
        var writing = Task.Run(() => WriteAsync(changes), CancellationToken.None);
        try
        {
            await PrepareAsync(catalogue, datasetId, files, changes.Writer, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The database could not be written: the next line says why.
        }
        finally
        {
            changes.Writer.TryComplete();
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await writing.ConfigureAwait(false);
        database.EndRebuild(digest);
    }

    private async Task PrepareAsync(CatalogueFile catalogue, string datasetId, StacFiles? files, ChannelWriter<Change> changes, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedEntry>();
        var number = 0L;
        await foreach (var document in catalogue.ReadAsync(datasetId, refused.Add, cancellationToken).ConfigureAwait(false))
        {
            var change = ChangeOf(document, number++);
            if (change.Refused is null)
            {
                files?.Write(document);
            }

            await changes.WriteAsync(change, cancellationToken).ConfigureAwait(false);
            await WriteRefusedAsync().ConfigureAwait(false);
        }

        await WriteRefusedAsync().ConfigureAwait(false);

        async ValueTask WriteRefusedAsync()
        {
            foreach (var entry in refused)
            {
                await changes.WriteAsync(new Change([], null, entry), cancellationToken).ConfigureAwait(false);
            }

            refused.Clear();
        }
    }

    private async Task WriteAsync(Channel<Change> changes)
    {
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                foreach (var row in change.Rows)
                {
                    database.Add(row);
                }

                if (change.CollectionId is { } id)
                {
                    database.AddCollection(id);
                }

                if (change.Refused is { } entry)
                {
                    database.AddRefused(entry);
                }
            }
        }
        catch (SqliteException error)
        {
            changes.Writer.TryComplete(error);
            throw;
        }
    }

    private Change ChangeOf(CatalogueDocument document, long number) =>
        document.IsCatalog ? new Change([], null, null)
        : document.IsCollection && EntityId.Of(document.Json) is { } id ? new Change(RowsOfCollection(id, document, number), id, null)
        : !document.IsCollection && document.ReadItem() is { } item ? new Change(RowsOfItem(item, document, number), null, null)
        : new Change([], null, new RefusedEntry(document.Name, "it is not a STAC catalog, collection or item"));

    private List<AssetRow> RowsOfCollection(string id, CatalogueDocument document, long number)
    {
        var rows = new List<AssetRow>();
        var self = document.SelfLink;
        foreach (var (key, asset, location, path) in places.OfCollection(id, document, asset => AssetLocation.Of(asset.Href, self, root)))
        {
            rows.Add(Row(key, asset, location, self) with { CollectionId = id, Path = path, Document = number });
        }

        return rows;
    }

    private List<AssetRow> RowsOfItem(Item item, CatalogueDocument document, long number)
    {
        var rows = new List<AssetRow>();
        var fields = ItemFields.Of(item, document.Json);
        var self = document.SelfLink;
        foreach (var (file, path) in places.OfItem(item, fields, document, asset => AssetLocation.Of(asset.Href, self, root)))
        {
            rows.Add(Row(file.Key, file.Asset, file.Location, self) with
            {
                CollectionId = item.CollectionId ?? "",
                ItemId = item.Id,
                Path = path,
                IsCommon = file.IsCommon,
                Item = fields,
                Document = number,
            });
        }

        return rows;
    }

    private AssetRow Row(string key, Asset asset, AssetLocation location, Uri? self) => new()
    {
        CollectionId = "",
        Key = key,
        Path = "",
        Url = location.Url?.AbsoluteUri ?? asset.Href,
        MediaType = asset.Type,
        RolesJson = asset.Roles.Count == 0 ? "[]" : Json(asset.Roles),
        StatedBytes = AssetFile.SizeOf(asset),
        StatedDigest = AssetFile.DigestOf(asset)?.ToString(),
        AlternatesJson = AlternatesOf(asset, location, self) is { Count: > 0 } alternates ? Json(alternates) : null,
    };

    // Addresses that cannot be fetched are left out, and those that repeat.
    private List<string>? AlternatesOf(Asset asset, AssetLocation location, Uri? self) =>
        !asset.AdditionalFields.TryGetValue("alternate", out var alternate) || alternate.ValueKind != JsonValueKind.Object ? null
        : [.. alternate.EnumerateObject().Select(one => AssetLocation.Of(one.Value.Text("href"), self, root).Url?.AbsoluteUri).OfType<string>().Where(url => url != location.Url?.AbsoluteUri).Distinct(StringComparer.Ordinal)];

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

    /// <summary>What a document adds to the database.</summary>
    private sealed record Change(IReadOnlyList<AssetRow> Rows, string? CollectionId, RefusedEntry? Refused);
}
