using System.Text.Json;
using System.Threading.Channels;
using MlHub.Sdk.Assets.Catalogue;

namespace MlHub.Sdk.Assets.Record;

/// <summary>
/// Writes the assets of a catalogue to the database, each with its path. Several threads read the documents, one gives their assets places, one writes the STAC files, and
/// one writes the rows.
/// </summary>
internal sealed class CatalogueImport(AssetDatabase database, AssetPlaces places, Uri root)
{
    // Few documents at a time, because what is collected young costs the garbage collector nothing.
    private const int BatchSize = 16;
    private const long BatchBytes = 1024 * 1024;
    private const int BatchesAhead = 2;

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
        await foreach (var changes in Stage.RunAsync<List<Change>>(StoreAsync, cancellationToken).ConfigureAwait(false))
        {
            changes.ForEach(Record);
        }

        database.EndRebuild(digest);

        async Task StoreAsync(ChannelWriter<List<Change>> stored, CancellationToken token)
        {
            await foreach (var changes in Stage.RunAsync<List<Change>>(PlaceAsync, token).ConfigureAwait(false))
            {
                Store(changes, files);
                await stored.WriteAsync(changes, token).ConfigureAwait(false);
            }
        }

        Task PlaceAsync(ChannelWriter<List<Change>> placed, CancellationToken token) => this.PlaceAsync(catalogue, datasetId, placed, token);
    }

    private async Task PlaceAsync(CatalogueFile catalogue, string datasetId, ChannelWriter<List<Change>> placed, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedEntry>();
        var (number, bytes) = (0L, 0L);
        var batch = new List<CatalogueDocument>(BatchSize);
        var reading = new Queue<Task<List<ReadDocument>>>();
        await foreach (var document in catalogue.ReadAsync(datasetId, refused.Add, cancellationToken).ConfigureAwait(false))
        {
            batch.Add(document);
            bytes += document.Bytes.Length;
            if (batch.Count == BatchSize || bytes > BatchBytes)
            {
                bytes = 0;
                Read();
                if (reading.Count > BatchesAhead)
                {
                    await UseAsync(await reading.Dequeue().ConfigureAwait(false)).ConfigureAwait(false);
                }
            }
        }

        Read();
        while (reading.TryDequeue(out var last))
        {
            await UseAsync(await last.ConfigureAwait(false)).ConfigureAwait(false);
        }

        void Read()
        {
            var documents = batch;
            reading.Enqueue(Task.Run(() => documents.ConvertAll(ReadDocument.Of), CancellationToken.None));
            batch = new List<CatalogueDocument>(BatchSize);
        }

        // In the order of the catalogue, so that the paths are the same each time.
        ValueTask UseAsync(List<ReadDocument> documents)
        {
            var used = new List<Change>(documents.Count + refused.Count);
            foreach (var document in documents)
            {
                used.Add(ChangeOf(document, number++));
            }

            used.AddRange(refused.Select(entry => new Change(null, [], null, entry)));
            refused.Clear();
            return placed.WriteAsync(used, cancellationToken);
        }
    }

    private static void Store(List<Change> changes, StacFiles? files)
    {
        for (var index = 0; index < changes.Count; index++)
        {
            if (changes[index] is { Refused: null, Document: { } document } && files?.TryWrite(document) == false)
            {
                changes.Insert(++index, new Change(null, [], null, new RefusedEntry(document.Name, "another entry needs its name for a folder, or its folder for a file")));
            }
        }
    }

    private void Record(Change change)
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

    private Change ChangeOf(ReadDocument document, long number) =>
        document.Item is { } item ? new Change(document.Document, RowsOfItem(item, document.Fields, document.Document, number), null, null)
        : document.CollectionId is { } id ? new Change(document.Document, RowsOfCollection(id, document.Document, number), id, null)
        : document.Document.IsCatalog ? new Change(document.Document, [], null, null)
        : new Change(document.Document, [], null, new RefusedEntry(document.Document.Name, "it is not a STAC catalog, collection or item"));

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

    private List<AssetRow> RowsOfItem(Item item, ItemFields fields, CatalogueDocument document, long number)
    {
        var rows = new List<AssetRow>();
        var self = item.Self;
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
        RolesJson = asset.Roles.Count == 0 ? "[]" : JsonFields.WriteTexts(asset.Roles),
        StatedBytes = AssetFile.SizeOf(asset),
        StatedDigest = AssetFile.DigestOf(asset)?.ToString(),
        AlternatesJson = AlternatesOf(asset, location, self) is { Count: > 0 } alternates ? JsonFields.WriteTexts(alternates) : null,
    };

    // Addresses that cannot be fetched are left out, and those that repeat.
    private List<string>? AlternatesOf(Asset asset, AssetLocation location, Uri? self) =>
        !asset.AdditionalFields.TryGetValue("alternate", out var alternate) || alternate.ValueKind != JsonValueKind.Object ? null
        : [.. alternate.EnumerateObject().Select(one => AssetLocation.Of(one.Value.Text("href"), self, root).Url?.AbsoluteUri).OfType<string>().Where(url => url != location.Url?.AbsoluteUri).Distinct(StringComparer.Ordinal)];

    /// <summary>A document after reading, which needs no other document.</summary>
    private sealed record ReadDocument(CatalogueDocument Document, string? CollectionId, Item? Item, ItemFields Fields)
    {
        internal static ReadDocument Of(CatalogueDocument document)
        {
            if (document.IsCatalog || document.IsCollection)
            {
                return new ReadDocument(document, document.IsCatalog ? null : EntityId.Of(document.Json), null, ItemFields.None);
            }

            var item = document.ReadItem();

            // These are read on the first access.
            _ = (item?.Assets, item?.Self);
            return new ReadDocument(document, null, item, item is null ? ItemFields.None : ItemFields.Of(item, document.Json));
        }
    }

    /// <summary>What a document adds to the database.</summary>
    private sealed record Change(CatalogueDocument? Document, IReadOnlyList<AssetRow> Rows, string? CollectionId, RefusedEntry? Refused);
}
