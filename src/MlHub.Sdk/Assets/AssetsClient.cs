using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Downloads the assets of items and models. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Files are stored as <c>{collection}/{item}/{key}{ext}</c> in the output directory, as in the Python client. The extension is that of the address or, if it
/// has none, the usual extension of the media type. The assets <c>documentation</c>, <c>readme</c>, <c>test_split</c>, <c>train_split</c> and
/// <c>validation_split</c> are stored once per collection, as <c>{collection}/_common/{key}{ext}</c>. Names are made safe for Windows, Linux and macOS. A name
/// that had to be changed contains eight digits of a hash, so that two assets never get the same path.
/// </para>
/// <para>
/// <c>s3://bucket/key</c> is downloaded from <c>https://bucket.s3.amazonaws.com/key</c>. A relative href is resolved against the item's <c>self</c> link, or
/// against the root URL if there is none. The API key is sent only to assets under the root URL.
/// </para>
/// </remarks>
public class AssetsClient
{
    private const int DefaultConcurrency = 8;

    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected AssetsClient()
    {
    }

    internal AssetsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Downloads the assets of items, several at the same time. A failed download does not stop the others.</summary>
    /// <param name="items">The items or models. The sequence is read while the downloads run. About 200 bytes of memory are kept for each file.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">Which assets to download, how many at the same time, and how. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of each file.</param>
    /// <param name="cancellationToken">Cancels the downloads. They can be resumed.</param>
    /// <returns>The outcome for each asset, in the order in which the downloads ended. An item that has none of the requested assets is skipped.</returns>
    /// <exception cref="ArgumentException">An option is out of range. No request is sent.</exception>
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

    /// <summary>Gets the number and size of the files that <see cref="DownloadAsync"/> would download. Local files are neither read nor written.</summary>
    /// <remarks>
    /// If an item contains the size of an asset (<c>file:size</c>), no request is sent for it. Otherwise a request gets the size from the server.
    /// </remarks>
    /// <param name="items">The items or models. They are read one after the other, and none is kept in memory.</param>
    /// <param name="options">Which assets, and how many requests to send at the same time. Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ArgumentException">An option is out of range. No request is sent.</exception>
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
            return await Client.Downloader.GetSizeAsync(file.Request(".", options.Download), cancellationToken).ConfigureAwait(false);
        }
        catch (MlHubException error) when (error is not (ApiKeyNotFoundException or MlHubAuthenticationException { StatusCode: HttpStatusCode.Unauthorized }))
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
        // The requests in progress. There are never more than the configured concurrency.
        var fetching = new ConcurrentDictionary<DownloadRequest, AssetFile>(ReferenceEqualityComparer.Instance);
        await foreach (var outcome in Client.Downloader.DownloadAllAsync(RequestsAsync(cancellationToken), options.Concurrency, progress, cancellationToken).ConfigureAwait(false))
        {
            fetching.TryRemove(outcome.Request, out var file);
            yield return file!.Outcome with { Result = outcome.Result, Error = file.Location.WhyNot is null ? outcome.Error : CannotBeFetched(Client, file.Item, file.Key, file.Location) };
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

    /// <summary>Where an asset of an item can be downloaded from.</summary>
    internal static AssetLocation Locate(Item item, Asset asset, Uri root) => AssetLocation.Of(asset.Href, item.Self, root);

    /// <summary>The exception for an asset that has no usable address.</summary>
    internal static MlHubException CannotBeFetched(MlHubClient client, Item item, string key, AssetLocation location) =>
        client.Scrub(new MlHubException($"The asset '{key}' of '{item.Id}' cannot be downloaded: {location.WhyNot}."));

    private async IAsyncEnumerable<AssetFile> FilesOfAsync(
        IAsyncEnumerable<Item> items, AssetDownloadOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var layout = new AssetLayout();
        var wanted = options.Keys.Count == 0 ? null : options.Keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var file in layout.Place(item, asset => Locate(item, asset, Client.RootUrl)))
            {
                if (wanted is null || wanted.Contains(file.Key))
                {
                    yield return file;
                }
            }
        }
    }
}
