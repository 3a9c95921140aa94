using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>A STAC Collection: items of imagery or of labels, and an archive of all their files (manual, chapter 3).</summary>
/// <remarks>
/// Only an id is required. A property is null or empty if the server sent nothing, null or something of another type; <see cref="ToJson"/> has what it sent.
/// Properties are read from the JSON when they are asked for.
/// </remarks>
public sealed class Collection
{
    private readonly MlHubClient? _client;
    private readonly JsonElement _json;

    private Collection(MlHubClient? client, JsonElement json)
    {
        Id = EntityId.Require(json, "a collection");
        _client = client;
        _json = json.Clone();
    }

    /// <summary>The id, for example <c>bigearthnet_v1_source</c>; it names the archive too.</summary>
    public string Id { get; }

    /// <summary>The title, or null.</summary>
    public string? Title => _json.Text("title");

    /// <summary>What the collection is, Markdown; or null.</summary>
    public string? Description => _json.Text("description");

    /// <summary>The license: an SPDX identifier, <c>various</c>, <c>proprietary</c> or <c>other</c>; or null.</summary>
    public string? License => _json.Text("license");

    /// <summary>The version of STAC it is written in: <c>1.0.0-beta.2</c> in generation A, <c>1.0.0</c> in B; or null.</summary>
    public string? StacVersion => _json.Text("stac_version");

    /// <summary>The STAC extensions it uses: short names in generation A, URLs in B.</summary>
    public IReadOnlyList<string> StacExtensions => field ??= _json.Texts("stac_extensions");

    /// <summary>Keywords; empty where the server leaves them out.</summary>
    public IReadOnlyList<string> Keywords => field ??= _json.Texts("keywords");

    /// <summary>Who made, licenses and hosts the data; empty where the server leaves them out.</summary>
    public IReadOnlyList<Provider> Providers => field ??= Provider.ReadAll(_json);

    /// <summary>Where and when its items lie; null where the server leaves it out.</summary>
    public Extent? Extent => field ??= Extent.Read(_json.Field("extent"));

    /// <summary>What is said of all items together, as JSON; null where the server leaves it out.</summary>
    public JsonElement? Summaries => _json.Object("summaries");

    /// <summary>Properties that all items share, as JSON; null where the server leaves them out.</summary>
    public JsonElement? Properties => _json.Object("properties");

    /// <summary>Its links.</summary>
    public IReadOnlyList<Link> Links => field ??= Link.ReadAll(_json);

    /// <summary>Files of the collection itself, by key.</summary>
    public IReadOnlyDictionary<string, Asset> Assets => field ??= Asset.ReadAll(_json);

    /// <summary>The DOI (<c>sci:doi</c>, STAC Scientific Citation extension), or null.</summary>
    public string? Doi => _json.Text("sci:doi");

    /// <summary>How to cite the collection (<c>sci:citation</c>), or null.</summary>
    public string? Citation => _json.Text("sci:citation");

    /// <summary>The version of the collection, in the digits of the server; or null. The service sent a number, STAC says a text.</summary>
    public string? Version => _json.Field("version") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : _json.Text("version");

    /// <summary>How far the geometries of the items were moved at random, to protect the people who live there (<c>anon:size</c>); or null.</summary>
    public double? AnonymizationDistance => _json.Number("anon:size");

    /// <summary>A warning that the geometries are not where the data are (<c>anon:warning</c>); or null.</summary>
    public string? AnonymizationWarning => _json.Text("anon:warning");

    /// <summary>The page of the registry, made from <see cref="Doi"/>; null without one (manual §5.4).</summary>
    public Uri? RegistryUrl =>
        Doi is { Length: > 0 } doi && Uri.TryCreate($"https://registry.mlhub.earth/{doi}", UriKind.Absolute, out var url) ? url : null;

    /// <summary>Reads a collection from JSON, as <see cref="ToJson"/> gave it.</summary>
    /// <param name="json">A STAC Collection.</param>
    /// <param name="client">The client by which its items and its archive are fetched; null for a collection of which nothing is fetched.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    public static Collection FromJson(JsonElement json, MlHubClient? client = null) => new(client, json);

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included. A bare NaN or Infinity is null.</summary>
    public string ToJson() => _json.ToText();

    /// <summary>The size of the archive, in bytes; null where there is no archive, or the server does not tell its size.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MlHubException">The size could not be fetched.</exception>
    public async Task<long?> GetArchiveSizeAsync(CancellationToken cancellationToken = default) =>
        (await Client.Archives.FindInfoAsync(Id, cancellationToken).ConfigureAwait(false))?.Size;

    /// <summary>One item of the collection.</summary>
    /// <param name="itemId">The item's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such item.</exception>
    public Task<Item> GetItemAsync(string itemId, CancellationToken cancellationToken = default) =>
        Client.Collections.GetItemAsync(Id, itemId, cancellationToken);

    /// <summary>The items of the collection, page after page as they are asked for.</summary>
    /// <param name="query">Which, and how many; all when null.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">A page could not be fetched or read.</exception>
    public IAsyncEnumerable<Item> ListItemsAsync(ItemQuery? query = null, CancellationToken cancellationToken = default) =>
        Client.Collections.ListItemsAsync(Id, query, cancellationToken);

    /// <summary>Downloads the assets of the collection's items, several at once, page after page. One that fails does not stop the others.</summary>
    /// <inheritdoc cref="AssetsClient" path="/remarks"/>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory. The current directory when null.</param>
    /// <param name="query">Which items; all when null.</param>
    /// <param name="options">Which assets, how many at once, and how; defaults when null.</param>
    /// <param name="progress">Told how far each file is.</param>
    /// <param name="cancellationToken">Ends the downloads; they can be resumed.</param>
    /// <returns>What became of each asset, in the order in which they ended. An item without an asset that is wanted is passed over.</returns>
    /// <exception cref="ArgumentException">An option is out of its range. Nothing is requested.</exception>
    /// <exception cref="MlHubException">A page of items could not be fetched or read.</exception>
    public IAsyncEnumerable<AssetOutcome> DownloadItemsAsync(
        string? outputDirectory = null,
        ItemQuery? query = null,
        AssetDownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Client.Assets.DownloadAsync(ListItemsAsync(query, cancellationToken), outputDirectory, options, progress, cancellationToken);

    /// <inheritdoc cref="ArchivesClient.DownloadAsync"/>
    public Task<DownloadResult> DownloadAsync(
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Client.Archives.DownloadAsync(Id, outputDirectory, options, progress, cancellationToken);

    /// <summary>The id and the title.</summary>
    public override string ToString() => Title is null ? Id : $"{Id}: {Title}";

    private MlHubClient Client => _client ?? throw EntityId.NoClient(Id);
}
