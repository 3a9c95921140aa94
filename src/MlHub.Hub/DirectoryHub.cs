using MlHub.Hub.Index;
using MlHub.Hub.Scanning;
using MlHub.Hub.Serving;

namespace MlHub.Hub;

/// <summary>
/// Serves a directory with what downloads of MlHub.Sdk and of the Python client leave behind: archives, catalogue trees with assets, tarballs of catalogues; and any static STAC catalogue.
/// </summary>
/// <remarks>
/// <para>
/// The hub reads every JSON file and every <c>*.tar.gz</c> once, and writes an index (SQLite). <see cref="IndexedHub.ListLeftOutAsync"/> lists the files that cannot be served, with the reasons. All other
/// files are served. Items are not kept in memory. The files of assets are looked up when a client requests them.
/// </para>
/// <para>
/// Only datasets are served: the files in the folders of datasets, and archives. No path leads out of the directory, and links are not followed.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var hub = await DirectoryHub.OpenAsync("/data/mlhub");
/// await using var server = await MlHubServer.StartAsync(hub);
/// </code>
/// </example>
public sealed class DirectoryHub : IndexedHub
{
    private readonly string _root;
    private readonly HubPlaces _places;
    private readonly DirectoryHubOptions _options;

    private DirectoryHub(string root, HubPlaces places, DirectoryHubOptions options)
        : base(places, StoreOf(options.IndexDatabase, "a directory", places)) => (_root, _places, _options) = (root, places, options);

    /// <summary>Opens a directory. The first time, it is read and indexed; then only what has changed is read again.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the indexing. The next call begins again, or continues with the last complete index.</param>
    /// <returns>The hub. Dispose it after the servers that use it.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">The index cannot be written: for example, the disk is full, or the database cannot be reached.</exception>
    /// <exception cref="FormatException">The address of the database is wrong.</exception>
    public static async Task<DirectoryHub> OpenAsync(string directory, DirectoryHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new DirectoryHubOptions();
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"There is no directory '{root}'.");
        }

        var hub = new DirectoryHub(root, HubPlaces.For(root, options.IndexDirectory), options);
        try
        {
            await hub.OpenAsync(options.TrustIndex, cancellationToken).ConfigureAwait(false);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private protected override Task<IndexReader> UpdateIndexAsync(IndexReader? current, CancellationToken cancellationToken) =>
        new IndexBuild(_root, _places.IndexPath, _options.Progress).RunAsync(current, cancellationToken);

    private protected override IHubStorage StorageOf(IHubIndex index) => new DirectoryStorage(_root, index);
}
