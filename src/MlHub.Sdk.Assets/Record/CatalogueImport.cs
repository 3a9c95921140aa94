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
    // Few documents at a time: what is not used up when the garbage collector comes has to be moved (measured: with 16, collections took twice as long).
    private const int BatchSize = 4;
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
                BeginReading();
                if (reading.Count > BatchesAhead)
                {
                    await UseAsync(await reading.Dequeue().ConfigureAwait(false)).ConfigureAwait(false);
                }
            }
        }

        BeginReading();
        while (reading.TryDequeue(out var last))
        {
            await UseAsync(await last.ConfigureAwait(false)).ConfigureAwait(false);
        }

        void BeginReading()
        {
            var documents = batch;
            reading.Enqueue(Task.Run(() => documents.ConvertAll(Read), CancellationToken.None));
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

    // What needs no other document.
    private ReadDocument Read(CatalogueDocument document)
    {
        if (document.IsCatalog)
        {
            return new ReadDocument(document, null, null, ItemFields.None, []);
        }

        if (document.IsCollection)
        {
            return new ReadDocument(document, EntityId.Of(document.Json), null, ItemFields.None, []);
        }

        if (document.ReadItem() is not { } item)
        {
            return new ReadDocument(document, null, null, ItemFields.None, []);
        }

        var self = item.Self;
        var fields = ItemFields.Of(item, document.Json);
        var assets = ItemAssets.Of(item, asset => AssetLocation.Of(asset.Href, self, root), document.FileName);
        var rows = new AssetRow[item.Assets.Count];
        foreach (var asset in assets.Shared.Concat(assets.Own))
        {
            rows[asset.Index] = Row(asset.Key, asset.Asset, asset.Location, self, item.CollectionId ?? "", item.Id, fields);
        }

        return new ReadDocument(document, null, assets, fields, rows);
    }

    private Change ChangeOf(ReadDocument document, long number) =>
        document.Assets is not null ? new Change(document.Document, RowsOfItem(document, number), null, null)
        : document.CollectionId is { } id ? new Change(document.Document, RowsOfCollection(id, document.Document, number), id, null)
        : document.Document.IsCatalog ? new Change(document.Document, [], null, null)
        : new Change(document.Document, [], null, new RefusedEntry(document.Document.Name, "it is not a STAC catalog, collection or item"));

    private List<AssetRow> RowsOfCollection(string id, CatalogueDocument document, long number)
    {
        var rows = new List<AssetRow>();
        var self = document.SelfLink;
        foreach (var (key, asset, location, path) in places.OfCollection(id, document, asset => AssetLocation.Of(asset.Href, self, root)))
        {
            rows.Add(Row(key, asset, location, self, id, itemId: null, ItemFields.None) with { Path = path, Document = number });
        }

        return rows;
    }

    private List<AssetRow> RowsOfItem(ReadDocument document, long number)
    {
        var rows = new List<AssetRow>(document.Rows.Length);
        foreach (var (file, path) in places.OfItem(document.Assets!, document.Fields))
        {
            rows.Add(document.Rows[file.Index] with { Path = path, IsCommon = file.IsCommon, Document = number });
        }

        return rows;
    }

    private AssetRow Row(string key, Asset asset, AssetLocation location, Uri? self, string collectionId, string? itemId, ItemFields fields) => new()
    {
        CollectionId = collectionId,
        ItemId = itemId,
        Key = key,
        Path = "",
        Url = location.Url?.AbsoluteUri ?? asset.Href,
        MediaType = asset.Type,
        RolesJson = asset.Roles.Count == 0 ? "[]" : JsonFields.WriteTexts(asset.Roles),
        StatedBytes = AssetFile.SizeOf(asset),
        StatedDigest = AssetFile.DigestOf(asset)?.ToString(),
        AlternatesJson = AlternatesOf(asset, location, self) is { Count: > 0 } alternates ? JsonFields.WriteTexts(alternates) : null,
        Item = fields,
    };

    // Addresses that cannot be fetched are left out, and those that repeat.
    private List<string>? AlternatesOf(Asset asset, AssetLocation location, Uri? self) =>
        !asset.AdditionalFields.TryGetValue("alternate", out var alternate) || alternate.ValueKind != JsonValueKind.Object ? null
        : [.. alternate.EnumerateObject().Select(one => AssetLocation.Of(one.Value.Text("href"), self, root).Url?.AbsoluteUri).OfType<string>().Where(url => url != location.Url?.AbsoluteUri).Distinct(StringComparer.Ordinal)];

    /// <summary>A document after reading. An item has its assets, and their rows without paths.</summary>
    private sealed record ReadDocument(CatalogueDocument Document, string? CollectionId, ItemAssets? Assets, ItemFields Fields, AssetRow[] Rows);

    /// <summary>What a document adds to the database.</summary>
    private sealed record Change(CatalogueDocument? Document, IReadOnlyList<AssetRow> Rows, string? CollectionId, RefusedEntry? Refused);
}
