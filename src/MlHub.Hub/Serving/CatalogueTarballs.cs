using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>
/// Makes the tarball of a dataset's catalogue when it is first asked for, and keeps it in a file. It contains the addresses of this server, so it is another one for each of them.
/// </summary>
/// <param name="index">The index.</param>
/// <param name="documents">Makes the documents.</param>
/// <param name="directory">The folder for the tarballs.</param>
internal sealed class CatalogueTarballs(IHubIndex index, ServedDocuments documents, string directory) : IDisposable
{
    private const int PageSize = 500;
    private const int Most = 32;
    private static readonly TimeSpan UnusedAfter = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset FileTime = DateTimeOffset.UnixEpoch.AddYears(30);

    private readonly ConcurrentDictionary<(string Dataset, string Storage), HubCatalog> _made = [];
    private readonly ConcurrentQueue<(string Dataset, string Storage)> _order = [];
    private readonly SemaphoreSlim _making = new(1);
    private readonly string _folder = Path.Combine(directory, index.Revision);

    internal async ValueTask<HubCatalog> OfAsync(string dataset, IReadOnlyList<StoredCollection> collections, Uri storage, bool isPrivate, CancellationToken cancellationToken)
    {
        var key = (dataset, storage.AbsoluteUri);
        if (_made.TryGetValue(key, out var known) && File.Exists(PathOf(key)))
        {
            return known;
        }

        // One at a time, because it takes a core and disk space.
        await _making.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_made.TryGetValue(key, out known) && File.Exists(PathOf(key)))
            {
                return known;
            }

            var made = await MakeAsync(dataset, collections, storage, isPrivate, PathOf(key), cancellationToken).ConfigureAwait(false);
            _made[key] = made;
            _order.Enqueue(key);
            while (_order.Count > Most && _order.TryDequeue(out var oldest) && oldest != key)
            {
                _made.TryRemove(oldest, out var _);
                File.Delete(PathOf(oldest));
            }

            return made;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Removes the tarballs of earlier versions of the index, unless another process may still use them.</summary>
    internal void RemoveOthers()
    {
        try
        {
            foreach (var folder in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
            {
                if (folder != _folder && Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow - UnusedAfter)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // They only take space. The next start tries again.
        }
    }

    public void Dispose() => _making.Dispose();

    private string PathOf((string Dataset, string Storage) key) =>
        Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Dataset}\n{key.Storage}")))[..32]}.tar.gz");

    private async ValueTask<HubCatalog> MakeAsync(string dataset, IReadOnlyList<StoredCollection> collections, Uri storage, bool isPrivate, string path, CancellationToken cancellationToken)
    {
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
        var shared = new HashSet<string>(StringComparer.Ordinal);
        var total = 0L;
        Directory.CreateDirectory(_folder);
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create))
            using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
            using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
            {
                var documents = DocumentsAsync(dataset, collections, storage, asset => total += !asset.IsShared || shared.Add(asset.Href) ? asset.Length : 0, cancellationToken);
                await foreach (var (name, json) in documents.ConfigureAwait(false))
                {
                    var entry = new GnuTarEntry(TarEntryType.RegularFile, $"{dataset}/{name}") { DataStream = new MemoryStream(json, writable: false), ModificationTime = FileTime };
                    await tar.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

#pragma warning disable CA5351 // Content-MD5 is an MD5 by definition. It detects accidents, not attacks.
        using var made = File.OpenRead(path);
        var md5 = await MD5.HashDataAsync(made, cancellationToken).ConfigureAwait(false);
#pragma warning restore CA5351
        return new HubCatalog
        {
            Dataset = dataset,
            EstimatedDatasetSize = total,
            File = HubFile.FromDisk(path, "application/gzip") with { LastModified = FileTime, Md5 = md5, ETag = Convert.ToHexStringLower(md5), IsPrivate = isPrivate },
        };
    }

    private async IAsyncEnumerable<(string Name, byte[] Json)> DocumentsAsync(
        string dataset, IReadOnlyList<StoredCollection> collections, Uri storage, Action<LocalAsset> see, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var catalogs = index.Catalogs(dataset);
        var names = new CatalogueNames(dataset, catalogs);
        foreach (var catalog in catalogs.Where(catalog => catalog.Source == catalogs[0].Source))
        {
            yield return (names.Of(catalog.Path, catalog.Entry, catalog.Source) ?? FileNames.Catalog, Body.Expand(catalog.Json));
        }

        if (catalogs.Count == 0)
        {
            yield return (FileNames.Catalog, MadeUpCatalog(dataset, collections, names));
        }

        foreach (var collection in collections)
        {
            if (collection.Json is { } json)
            {
                var place = new DocumentPlace(collection.Path ?? "", collection.Entry, collection.Source, collection.Name, null);
                yield return (names.Of(collection), documents.ForCatalogue(Body.Expand(json), place, storage, see, new KnownFolders()));
            }

            var after = "";
            while (await index.ListItemsAsync(collection.Id, new ItemSelection { After = after }, PageSize, descending: false, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
            {
                var known = new KnownFolders();
                foreach (var item in page)
                {
                    yield return (names.Of(collection, item), documents.ForCatalogue(item.Json, DocumentPlace.Of(item, collection.Name), storage, see, known));
                }

                after = page[^1].Name;
            }
        }
    }

    private static byte[] MadeUpCatalog(string dataset, IReadOnlyList<StoredCollection> collections, CatalogueNames names) => Json.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", dataset);
        json.WriteString("type", "Catalog");
        json.WriteString("description", $"The catalogue of {dataset}");
        json.WriteString("stac_version", "1.0.0");
        json.WriteStartArray("links");
        foreach (var collection in collections)
        {
            json.WriteStartObject();
            json.WriteString("rel", "child");
            json.WriteString("href", $"./{string.Join('/', names.Of(collection).Split('/').Select(Uri.EscapeDataString))}");
            json.WriteString("type", "application/json");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
