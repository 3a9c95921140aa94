using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Downloads the assets of items and models. Thread-safe.</summary>
/// <remarks>
/// <para>
/// The files are <c>{collection}/{item}/{key}{ext}</c> below the output directory, as with the Python client. The extension is that of the address, else the
/// usual one of the media type, else none. The keys <c>documentation</c>, <c>readme</c>, <c>test_split</c>, <c>train_split</c> and <c>validation_split</c> go
/// once to <c>{collection}/_common/{key}{ext}</c>. Names are made safe for Windows, Linux and macOS, and two assets never get one path: a name that had to be
/// changed has eight digits of a hash in it.
/// </para>
/// <para>
/// <c>s3://bucket/key</c> is fetched as <c>https://bucket.s3.amazonaws.com/key</c>. A relative href belongs to the address of the item's <c>self</c> link, or
/// to the root of the API if there is none. The API key is sent to assets under the root of the API only.
/// </para>
/// </remarks>
public class AssetsClient
{
    private const int DefaultConcurrency = 8;

    private readonly MlHubClient _client;

    /// <summary>For mocks and subclasses in tests.</summary>
    protected AssetsClient() => _client = null!;

    internal AssetsClient(MlHubClient client) => _client = client;

    /// <summary>Downloads the assets of items, several at once. One that fails does not stop the others.</summary>
    /// <param name="items">The items, or models. They are read as the downloads go on: of each file, no more than some two hundred bytes are kept.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">Which assets, how many at once, and how; defaults when null.</param>
    /// <param name="progress">Told how far each file is.</param>
    /// <param name="cancellationToken">Ends the downloads; they can be resumed.</param>
    /// <returns>What became of each asset, in the order in which they ended. An item without an asset that is wanted is passed over.</returns>
    /// <exception cref="ArgumentException">An option is out of its range. Nothing is requested.</exception>
    /// <exception cref="MlHubException">The items could not be listed.</exception>
    /// <example>
    /// <code>
    /// var items = client.Collections.ListItemsAsync("ref_african_crops_kenya_01_source").Where(item => item.DateTime?.Year == 2019);
    /// await foreach (var asset in client.Assets.DownloadAsync(items, "data", new AssetDownloadOptions { Keys = ["B04", "B08"] }))
    /// {
    ///     Console.WriteLine(asset.Succeeded ? asset.Result.Path : $"{asset.ItemId}/{asset.Key}: {asset.Error.Message}");
    /// }
    /// </code>
    /// </example>
    public virtual IAsyncEnumerable<AssetOutcome> DownloadAsync(
        IAsyncEnumerable<Item> items,
        string? outputDirectory = null,
        AssetDownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return RunAsync(items, SettingsEnvironment.Process.ExpandTilde(outputDirectory ?? "."), AssetDownloadOptions.Checked(options), progress, cancellationToken);
    }

    /// <summary>Tells how much <see cref="DownloadAsync"/> would fetch. No file is made and none is looked at.</summary>
    /// <remarks>An asset whose item states its size (<c>file:size</c>) costs no request. The server is asked for the size of the others.</remarks>
    /// <param name="items">The items, or models. They are read one after the other, and none is kept.</param>
    /// <param name="options">Which assets, and how many to ask for at once; defaults when null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An option is out of its range. Nothing is requested.</exception>
    /// <exception cref="MlHubException">The items could not be listed.</exception>
    public virtual async Task<DownloadEstimate> EstimateAsync(
        IAsyncEnumerable<Item> items, AssetDownloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options = AssetDownloadOptions.Checked(options);
        long files = 0, bytes = 0, unknown = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency ?? DefaultConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(FilesOfAsync(items, options, cancellationToken), parallel, async (file, token) =>
        {
            var size = await SizeAsync(file, options, token).ConfigureAwait(false);
            Interlocked.Increment(ref files);
            Interlocked.Add(ref bytes, size ?? 0);
            Interlocked.Add(ref unknown, size is null ? 1 : 0);
        }).ConfigureAwait(false);
        return new DownloadEstimate { Files = files, Bytes = bytes, FilesOfUnknownSize = unknown };
    }

    private async Task<long?> SizeAsync(AssetFile file, AssetDownloadOptions options, CancellationToken cancellationToken)
    {
        if (file.StatedSize is not null || file.Location.Url is null)
        {
            return file.StatedSize;
        }

        try
        {
            return await _client.Downloader.GetSizeAsync(file.Request(".", options.Download), cancellationToken).ConfigureAwait(false);
        }
        catch (MlHubException)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<AssetOutcome> RunAsync(
        IAsyncEnumerable<Item> items,
        string outputDirectory,
        AssetDownloadOptions options,
        IProgress<DownloadProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What is being fetched: no more than are fetched at once.
        var fetching = new ConcurrentDictionary<DownloadRequest, AssetFile>(ReferenceEqualityComparer.Instance);
        await foreach (var outcome in _client.Downloader.DownloadAllAsync(RequestsAsync(cancellationToken), options.Concurrency, progress, cancellationToken).ConfigureAwait(false))
        {
            fetching.TryRemove(outcome.Request, out var file);
            yield return file!.Outcome with { Result = outcome.Result, Error = file.Location.WhyNot is null ? outcome.Error : CannotBeFetched(_client, file.Item, file.Key, file.Location) };
        }

        async IAsyncEnumerable<DownloadRequest> RequestsAsync([EnumeratorCancellation] CancellationToken token)
        {
            await foreach (var file in FilesOfAsync(items, options, token).ConfigureAwait(false))
            {
                var request = file.Request(outputDirectory, options.Download);
                fetching[request] = file;
                yield return request;
            }
        }
    }

    /// <summary>Where an asset of an item can be fetched from.</summary>
    internal static AssetLocation Locate(Item item, Asset asset, Uri root) => AssetLocation.Of(asset.Href, SelfOf(item), root);

    /// <summary>What is told of an asset without an address.</summary>
    internal static MlHubException CannotBeFetched(MlHubClient client, Item item, string key, AssetLocation location) =>
        client.Scrub(new MlHubException($"The asset '{key}' of '{item.Id}' cannot be fetched: {location.WhyNot}."));

    private async IAsyncEnumerable<AssetFile> FilesOfAsync(
        IAsyncEnumerable<Item> items, AssetDownloadOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var layout = new AssetLayout();
        var wanted = options.Keys.Count == 0 ? null : options.Keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var file in layout.Place(item, asset => Locate(item, asset, _client.RootUrl)))
            {
                if (wanted is null || wanted.Contains(file.Key))
                {
                    yield return file;
                }
            }
        }
    }

    private static Uri? SelfOf(Item item) =>
        item.Links.FirstOrDefault(link => link.Rel == "self")?.Href is { } href && Uri.TryCreate(href, UriKind.Absolute, out var self) && self.Scheme is "http" or "https"
            ? self
            : null;
}
