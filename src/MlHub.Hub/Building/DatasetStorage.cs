using System.Text.Json;
using MlHub.Hub.Definitions;
using MlHub.Hub.Index;
using MlHub.Hub.Listings;
using MlHub.Hub.Places;
using MlHub.Hub.Reading;
using MlHub.Hub.Scanning;
using MlHub.Hub.Templates;

namespace MlHub.Hub.Building;

/// <summary>Stores a dataset in the index: what its listing has, by the rules of the definition.</summary>
/// <param name="writer">The index.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="place">Its place. Null for a directory of this machine.</param>
/// <param name="listing">Its listing.</param>
/// <param name="report">Gets the number of new items, and the path of a file.</param>
internal sealed class DatasetStorage(IndexWriter writer, DatasetSettings dataset, RemotePlace? place, Listing listing, Action<long, string> report)
{
    private readonly Dictionary<string, string> _collectionOfFolder = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _archives = dataset.Collections.Where(collection => collection.Archive is not null).DistinctBy(collection => collection.Archive).ToDictionary(collection => collection.Archive!, collection => collection.Id, StringComparer.Ordinal);
    private readonly HashSet<string> _tables = [.. dataset.Collections.Select(collection => collection.Boxes?.Path).OfType<string>()];

    /// <summary>The file of the index that says why the table of boxes of a collection cannot be used. It is there only then.</summary>
    internal static string TablePath(string dataset, string collection) => $"{dataset}/{collection} boxes";

    /// <summary>Stores everything.</summary>
    internal void Run(CancellationToken cancellationToken)
    {
        var own = writer.AddFile($"{dataset.Id}/", 0, 0, FileKind.Other);
        FindCollections();
        using (var matched = new MatchedFiles())
        {
            foreach (var found in listing.Objects())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Store(found, matched);
            }

            StoreItems(matched, cancellationToken);
        }

        foreach (var archive in _archives.Keys.Where(archive => !_seen.Contains(archive)))
        {
            writer.AddFile($"{dataset.Id}/{archive}", 0, 0, FileKind.LeftOut, "the definition says that it is an archive, but it is not there");
        }

        foreach (var collection in dataset.Collections)
        {
            writer.AddCollection(collection.Id, own, null, dataset.Id, Source.Template, collection.Types is ["labels"], Body.Compress(CollectionDocument.Of(writer, collection.Id, TextsOf(collection))));
        }
    }

    private CollectionTexts TextsOf(CollectionSettings collection) => new(collection.Description ?? dataset.Description ?? $"The collection {collection.Id} of {dataset.Title ?? dataset.Id}")
    {
        Title = collection.Title,
        License = collection.License ?? dataset.License,
        Box = collection.Bbox,
    };

    // Items that name no collection belong to the nearest collection.json above them.
    private void FindCollections()
    {
        foreach (var key in listing.DocumentKeys().Where(key => key.EndsWith(FileNames.Collection, StringComparison.Ordinal)))
        {
            if (TryRead(key, out _) is { Kind: StacKind.Collection } collection)
            {
                _collectionOfFolder.TryAdd(FolderOf(key), collection.Id);
            }
        }
    }

    private StacDocument? TryRead(string key, out string? whyNot)
    {
        whyNot = null;
        if (_tables.Contains(key) || listing.FindDocument(key) is not { } document)
        {
            return null;
        }

        try
        {
            whyNot = document.WhyNot;
            return document.Bytes is null ? null : StacDocument.Read(document.Bytes);
        }
        catch (JsonException error)
        {
            whyNot = FileNames.NotJson(error);
            return null;
        }
    }

    private void Store(StoredObject found, MatchedFiles matched)
    {
        var path = $"{dataset.Id}/{found.Key}";
        if (place is not null && place.AddressOf(found.Key) is null)
        {
            writer.AddFile(path, found.Size, found.Modified, FileKind.LeftOut, "no address can name it: a part of its key is \".\" or \"..\"");
            return;
        }

        if (_archives.TryGetValue(found.Key, out var archive))
        {
            StoreArchive(found, path, archive);
            return;
        }

        if (TryRead(found.Key, out var whyNot) is { } document)
        {
            StoreDocument(found, path, document);
            return;
        }

        var matches = whyNot is null ? MatchesOf(found.Key, out whyNot) : [];
        var isLeftOut = whyNot is not null || (matches.Count == 0 && dataset.Stac.Count == 0 && !_tables.Contains(found.Key));
        var file = writer.AddFile(path, found.Size, found.Modified, isLeftOut ? FileKind.LeftOut : FileKind.Other, isLeftOut ? whyNot ?? "no template of the definition matches its path" : null);
        foreach (var (collection, match) in matches.Where(match => !matched.Add(new MatchedFile(file, found.Key, found.Size, match.Collection, match.Match))))
        {
            writer.Describe(file, FileKind.LeftOut, $"another file is the asset '{match.Asset}' of the item '{match.Item}' of the collection '{collection}' already", null, null);
        }

        report(0, path);
    }

    private void StoreArchive(StoredObject found, string path, string collection)
    {
        _seen.Add(found.Key);
        if (found.Size < 0)
        {
            writer.AddFile(path, 0, found.Modified, FileKind.LeftOut, "the listing does not say how long this archive is");
            return;
        }

        var file = writer.AddFile(path, found.Size, found.Modified, FileKind.Archive);
        writer.Describe(file, FileKind.Archive, null, collection, null);
    }

    private List<(string Collection, TemplateMatch Match)> MatchesOf(string key, out string? whyNot)
    {
        whyNot = null;
        var matches = new List<(string, TemplateMatch)>();
        foreach (var collection in dataset.Collections)
        {
            if (collection.Items.Select(template => template.Match(key)).FirstOrDefault(match => match is not null) is not { } match)
            {
                continue;
            }

            TemplateTime.Of(match.Values, out whyNot);
            if (whyNot is not null)
            {
                return [];
            }

            matches.Add((collection.Id, match));
        }

        return matches;
    }

    private void StoreDocument(StoredObject found, string path, StacDocument document)
    {
        var kind = document.Kind switch
        {
            StacKind.Catalog => FileKind.Catalog,
            StacKind.Collection => FileKind.Collection,
            _ => FileKind.Item,
        };
        var file = writer.AddFile(path, found.Size, found.Modified, kind);
        var body = Body.Compress(document.Json.Span);
        switch (kind)
        {
            case FileKind.Catalog:
                writer.AddCatalog(file, null, dataset.Id, Source.Tree, body);
                break;
            case FileKind.Collection when !writer.AddCollection(document.Id, file, null, dataset.Id, Source.Tree, document.IsLabel, body):
                writer.Describe(file, FileKind.LeftOut, $"another file describes the collection '{document.Id}' already", null, null);
                break;
            case FileKind.Item:
                StoreItem(document, document.Collection ?? NearestCollection(found.Key) ?? dataset.Id, file, Source.Tree, body, path);
                break;
            default:
                break;
        }
    }

    private void StoreItem(StacDocument document, string collection, long file, Source source, byte[] body, string path)
    {
        if (writer.AddItem(IndexBuild.ItemOf(document, collection, file, null, source, body)) is { } loser && source == Source.Tree)
        {
            writer.Describe(loser, FileKind.LeftOut, $"another file has the item '{document.Id}' of the collection '{collection}' already", null, null);
        }

        writer.SuggestDataset(collection, dataset.Id);
        report(1, path);
    }

    private void StoreItems(MatchedFiles matched, CancellationToken cancellationToken)
    {
        var tables = dataset.Collections.ToDictionary(collection => collection.Id, collection => (collection.Boxes?.Key, Table: TableOf(collection)), StringComparer.Ordinal);
        foreach (var files in matched.Items())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (key, table) = tables[files[0].Collection];
            var document = StacDocument.Read(ItemDocument.Of(files, table?.Find(files[0].Match.Values[key!])))!;
            StoreItem(document, files[0].Collection, files[0].File, Source.Template, Body.Compress(document.Json.Span), $"{dataset.Id}/{files[0].Key}");
        }
    }

    private BoxTable? TableOf(CollectionSettings collection)
    {
        if (collection.Boxes is not { } boxes)
        {
            return null;
        }

        var name = boxes.File ?? $"{dataset.Id}/{boxes.Path}";
        var bytes = boxes.File is { } file ? FileBytes.Of(file) : listing.FindDocument(boxes.Path!)?.Bytes;
        try
        {
            return BoxTable.Read(bytes ?? throw new FormatException("it is not there, or cannot be read"), boxes.Field);
        }
        catch (FormatException error)
        {
            // The items are served without boxes.
            writer.AddFile(TablePath(dataset.Id, collection.Id), 0, 0, FileKind.LeftOut, $"the table of boxes '{name}' cannot be used: {error.Message}");
            return null;
        }
    }

    private string? NearestCollection(string key)
    {
        for (var folder = FolderOf(key); ; folder = FolderOf(folder))
        {
            if (_collectionOfFolder.TryGetValue(folder, out var collection))
            {
                return collection;
            }

            if (folder.Length == 0)
            {
                return null;
            }
        }
    }

    private static string FolderOf(string key) => key.LastIndexOf('/') is > 0 and var slash ? key[..slash] : "";
}
