namespace MlHub.Hub.Index;

/// <summary>
/// What a hub reads of its index. Several threads may use it at the same time. What requests for items need is asynchronous, because the index may be in a database on another machine. The rest is read
/// when an index is opened, or rarely.
/// </summary>
internal interface IHubIndex : IDisposable
{
    /// <summary>Differs between two versions of the index.</summary>
    string Revision { get; }

    /// <summary>Whether another version has taken the place of this one.</summary>
    ValueTask<bool> IsReplacedAsync(CancellationToken cancellationToken);

    IReadOnlyList<(string Id, byte[] Json)> Datasets();

    IReadOnlyList<StoredCollection> Collections();

    /// <summary>The STAC Catalogs of a dataset, the best source first.</summary>
    IReadOnlyList<StoredCatalog> Catalogs(string dataset);

    /// <summary>The files of a rare kind: from <see cref="FileKind.Archive"/> on.</summary>
    IReadOnlyList<IndexedFile> Files(FileKind kind);

    /// <summary>The topmost folders in which there are STAC documents. An empty text is the directory itself.</summary>
    HashSet<string> TopFolders();

    IndexedFile? FindFile(string path);

    /// <summary>A file in a tarball.</summary>
    /// <param name="file">The number of the tarball.</param>
    /// <param name="name">The name of the file.</param>
    (long Offset, long Length)? FindEntry(long file, string name);

    /// <summary>The files, and the entries of tarballs, that are not served.</summary>
    IReadOnlyList<(string Path, string Reason)> LeftOut();

    ValueTask<StoredItem?> FindItemAsync(long collection, string name, CancellationToken cancellationToken);

    /// <summary>Items of a collection, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<StoredItem>> ListItemsAsync(long collection, ItemSelection selection, int limit, bool descending, CancellationToken cancellationToken);

    ValueTask<long> CountItemsAsync(long collection, ItemSelection selection, CancellationToken cancellationToken);

    /// <summary>The number of items whose box and time may meet a selection, but at most <paramref name="max"/>.</summary>
    ValueTask<long> CountCandidatesAsync(ItemSelection selection, int max, CancellationToken cancellationToken);

    /// <summary>The candidates of a selection, found by their boxes and times, and whether they meet it. They are in no order, and there are at most <paramref name="max"/>.</summary>
    ValueTask<IReadOnlyList<FoundItem>> FindByBoundsAsync(ItemSelection selection, int max, CancellationToken cancellationToken);

    /// <summary>The items with these numbers, in this order. Null for one that is gone.</summary>
    ValueTask<IReadOnlyList<StoredItem?>> GetItemsAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken);

    /// <summary>All models, with the collection of each.</summary>
    ValueTask<IReadOnlyList<(string Collection, StoredItem Item)>> ListModelsAsync(CancellationToken cancellationToken);
}
