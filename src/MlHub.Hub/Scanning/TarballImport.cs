using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>Stores what is in an archive, or in the tarball of a catalogue, without unpacking it.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="writer">The index.</param>
/// <param name="report">Receives the number of items of the tarball.</param>
internal sealed class TarballImport(string root, IndexWriter writer, Action<long> report)
{
    private readonly Dictionary<string, string> _collections = new(StringComparer.Ordinal);
    private Source? _source;
    private string? _dataset;
    private string _stem = "";
    private string? _firstCollection;
    private long _items;

    internal void Run(FoundFile tarball, CancellationToken cancellationToken)
    {
        _stem = tarball.Path[(tarball.Path.LastIndexOf('/') + 1)..^FileNames.Tarball.Length];
        var file = writer.AddFile(tarball.Path, tarball.Size, tarball.Modified, FileKind.LeftOut);
        var reader = new Tarball(Path.Combine(root, tarball.Path));
        writer.BeginSavepoint();
        try
        {
            foreach (var entry in reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Store(file, entry);
            }

            writer.Release();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            writer.RollBack();
            writer.Describe(file, FileKind.LeftOut, error is InvalidDataException ? "it is damaged or not complete: download it again" : "it cannot be read", null, null);
            return;
        }

        var isCatalogue = _source == Source.CatalogTarball;
        writer.Describe(file, isCatalogue ? FileKind.CatalogTarball : FileKind.Archive, null, isCatalogue ? _dataset : CollectionOfArchive(), reader.Md5);
        report(_items);
    }

    // Without STAC in it, only the name of the file tells. DatasetRules leaves it out if there is no such collection.
    private string CollectionOfArchive() => _firstCollection is null || _collections.ContainsValue(_stem) ? _stem : _firstCollection;

    private void Store(long file, TarballEntry entry)
    {
        if (entry.WhyNot is not null)
        {
            writer.AddLeftOut(file, entry.Name, entry.WhyNot);
            return;
        }

        if (entry.Document is not { } document)
        {
            writer.AddEntry(file, entry.Name, entry.Offset, entry.Length);
            return;
        }

        // The catalogue of a dataset begins with a Catalog. An archive has none.
        _source ??= document.Kind == StacKind.Catalog ? Source.CatalogTarball : Source.Archive;
        var body = Body.Compress(document.Json.Span);
        switch (document.Kind)
        {
            case StacKind.Catalog:
                _dataset ??= entry.Name.Contains('/', StringComparison.Ordinal) ? entry.Name[..entry.Name.IndexOf('/', StringComparison.Ordinal)] : _stem;
                writer.AddCatalog(file, entry.Name, _dataset, _source.Value, body);
                break;
            case StacKind.Collection:
                _firstCollection ??= document.Id;
                _collections[FolderOf(entry.Name)] = document.Id;

                // Usually, a file of the directory describes the collection too.
                writer.AddCollection(document.Id, file, entry.Name, _dataset, _source.Value, document.IsLabel, body);
                break;
            default:
                StoreItem(file, entry, document, body);
                break;
        }
    }

    private void StoreItem(long file, TarballEntry entry, StacDocument document, byte[] body)
    {
        var item = IndexBuild.ItemOf(document, document.Collection ?? NearestCollection(entry.Name) ?? _dataset ?? _stem, file, entry.Name, _source!.Value, body);
        _firstCollection ??= item.Collection;
        _items++;
        writer.AddItem(item);
        if (_dataset is not null)
        {
            writer.SuggestDataset(item.Collection, _dataset);
        }
    }

    private string? NearestCollection(string name)
    {
        for (var folder = FolderOf(name); ; folder = FolderOf(folder))
        {
            if (_collections.TryGetValue(folder, out var collection))
            {
                return collection;
            }

            if (folder.Length == 0)
            {
                return null;
            }
        }
    }

    private static string FolderOf(string name) => name.LastIndexOf('/') is > 0 and var slash ? name[..slash] : "";
}
