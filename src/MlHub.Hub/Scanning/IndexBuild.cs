using System.Threading.Channels;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>Builds the index of a directory, or brings it up to date.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="indexPath">The full path of the index.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class IndexBuild(string root, string indexPath, IProgress<IndexProgress>? progress)
{
    private const int BatchSize = 64;
    private const int BatchesAhead = 16;
    private const int FilesBetweenReports = 1000;

    private long _files;
    private long _items;

    /// <summary>The path of an index that is not published yet. It is not the same for two processes.</summary>
    private string TemporaryPath => $"{indexPath}.{Environment.ProcessId}.new";

    /// <summary>Opens the index after comparing it with the directory: what has changed is read again.</summary>
    /// <param name="current">The index, if it is open. It stays open.</param>
    /// <param name="cancellationToken">Ends the work, and leaves the index as it was.</param>
    /// <returns>The index: <paramref name="current"/> if nothing has changed.</returns>
    internal async Task<IndexReader> RunAsync(IndexReader? current, CancellationToken cancellationToken)
    {
        var changes = current is null ? null : DirectoryChanges.Find(root, current, cancellationToken);
        if (changes is { IsEmpty: true })
        {
            return current!;
        }

        if (changes is null || !await TryUpdateAsync(current!, changes, cancellationToken).ConfigureAwait(false))
        {
            await BuildAsync(cancellationToken).ConfigureAwait(false);
        }

        return IndexReader.TryOpen(indexPath) ?? throw new IOException($"The index '{indexPath}' was written, but cannot be read. Remove it and try again.");
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        Leftovers.Remove(indexPath);
        using var writer = IndexWriter.Create(TemporaryPath);
        var tarballs = new List<FoundFile>();
        await StoreAllAsync(writer, new DirectoryWalk(root).Files(), tarballs.Add, cancellationToken).ConfigureAwait(false);
        foreach (var tarball in tarballs.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            new TarballImport(root, writer, count => Report(tarball.Path, items: count)).Run(tarball, cancellationToken);
        }

        DatasetRules.Apply(writer, root);
        writer.Publish(indexPath);
    }

    /// <summary>Updates a copy of the index, if only items have changed.</summary>
    private async Task<bool> TryUpdateAsync(IndexReader current, DirectoryChanges changes, CancellationToken cancellationToken)
    {
        if (!changes.AreOnlyItems)
        {
            return false;
        }

        using var writer = IndexWriter.CopyOf(current.Path, TemporaryPath);
        foreach (var file in changes.Gone)
        {
            writer.Remove(file);
        }

        var isSimple = true;
        await StoreAllAsync(writer, changes.New, _ => isSimple = false, cancellationToken, document => isSimple &= document.Kind == StacKind.Item).ConfigureAwait(false);
        if (isSimple)
        {
            DatasetRules.Apply(writer, root);
            writer.Publish(indexPath);
        }

        return isSimple;
    }

    // One thread walks, some read and compress, and this one writes.
    private async Task StoreAllAsync(
        IndexWriter writer, IEnumerable<FoundFile> found, Action<FoundFile> laterTarball, CancellationToken cancellationToken, Action<StacDocument>? see = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var files = Channel.CreateBounded<FoundFile[]>(new BoundedChannelOptions(BatchesAhead) { SingleWriter = true });
        var read = Channel.CreateBounded<ReadFile[]>(new BoundedChannelOptions(BatchesAhead) { SingleReader = true });
        var walking = Task.Run(() => WalkAsync(found, files.Writer, stop.Token), CancellationToken.None);
        var reading = Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() => ReadAsync(files.Reader, read.Writer, stop.Token), CancellationToken.None)));
        _ = reading.ContinueWith(_ => read.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var file in read.Reader.ReadAllAsync(cancellationToken).SelectMany(batch => batch).ConfigureAwait(false))
            {
                if (file.Found.IsTarball && file.WhyNot is null)
                {
                    laterTarball(file.Found);
                    continue;
                }

                if (file.Document is { } document)
                {
                    see?.Invoke(document);
                }

                Store(writer, file);
                Report(file.Found.Path, items: file.Document?.Kind == StacKind.Item ? 1 : 0);
            }

            await walking.ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(walking, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WalkAsync(IEnumerable<FoundFile> found, ChannelWriter<FoundFile[]> files, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var batch in found.Chunk(BatchSize))
            {
                await files.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            files.Complete();
        }
    }

    private async Task ReadAsync(ChannelReader<FoundFile[]> files, ChannelWriter<ReadFile[]> read, CancellationToken cancellationToken)
    {
        await foreach (var batch in files.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await read.WriteAsync(Array.ConvertAll(batch, file => file.IsTarball ? new ReadFile(file, null, null, file.WhyNot) : ReadFile.Of(root, file)), cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Store(IndexWriter writer, ReadFile file)
    {
        var (found, document) = (file.Found, file.Document);
        var kind = file.WhyNot is not null ? FileKind.LeftOut : found.IsDatasets ? FileKind.Datasets : document?.Kind switch
        {
            StacKind.Catalog => FileKind.Catalog,
            StacKind.Collection => FileKind.Collection,
            StacKind.Item => FileKind.Item,
            _ => FileKind.Other,
        };
        var id = writer.AddFile(found.Path, found.Size, found.Modified, kind, file.WhyNot);
        switch (kind)
        {
            case FileKind.Catalog:
                writer.AddCatalog(id, null, found.Folder.Dataset ?? document!.Id, Source.Tree, file.Packed!);
                break;
            case FileKind.Collection when !writer.AddCollection(document!.Id, id, null, found.Folder.Dataset, Source.Tree, document.IsLabel, file.Packed!):
                writer.Describe(id, FileKind.LeftOut, $"another file describes the collection '{document.Id}' already", null, null);
                break;
            case FileKind.Item:
                StoreItem(writer, id, file);
                break;
            default:
                break;
        }
    }

    private static void StoreItem(IndexWriter writer, long file, ReadFile read)
    {
        var (document, folder) = (read.Document!, read.Found.Folder);
        var item = ItemOf(document, document.Collection ?? folder.Collection ?? folder.Dataset ?? "items", file, null, Source.Tree, read.Packed!);
        if (writer.AddItem(item) is { } loser)
        {
            writer.Describe(loser, FileKind.LeftOut, $"another file has the item '{item.Name}' of the collection '{item.Collection}' already", null, null);
        }

        if (folder.Dataset is { } dataset)
        {
            writer.SuggestDataset(item.Collection, dataset);
        }
    }

    internal static IndexedItem ItemOf(StacDocument document, string collection, long file, string? entry, Source source, byte[] body) => new()
    {
        Collection = collection,
        Name = document.Id,
        File = file,
        Entry = entry,
        Source = source,
        Box = document.Box is { } box ? (box.West, box.South, box.East, box.North) : null,
        Time = document.Time,
        Extensions = document.Extensions,
        IsLabel = document.IsLabel,
        IsModel = document.IsModel,
        IsRegular = document.IsRegular && document.Collection == collection,
        Body = body,
    };

    private void Report(string path, long items)
    {
        _items += items;
        if (progress is not null && (++_files % FilesBetweenReports == 0 || items > 1))
        {
            progress.Report(new IndexProgress { Files = _files, Items = _items, Path = path });
        }
    }
}
