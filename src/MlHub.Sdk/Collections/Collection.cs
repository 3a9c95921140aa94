using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>A STAC Collection: items with imagery or labels, and an archive of all their files.</summary>
/// <remarks>
/// Only the id is required. A property is null or empty if the server sent nothing, null or a value of another type; <see cref="ToJson"/> returns what it sent.
/// Properties are parsed from the JSON on access.
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

    /// <summary>The id, for example <c>bigearthnet_v1_source</c>. The archive has the same id.</summary>
    public string Id { get; }

    /// <summary>The title, or null.</summary>
    public string? Title => _json.Text("title");

    /// <summary>The description, in Markdown, or null.</summary>
    public string? Description => _json.Text("description");

    /// <summary>The license: an SPDX identifier, <c>various</c>, <c>proprietary</c> or <c>other</c>; or null.</summary>
    public string? License => _json.Text("license");

    /// <summary>The STAC version: <c>1.0.0-beta.2</c> in the 2021 version of the API, <c>1.0.0</c> in the 2022 version; or null.</summary>
    public string? StacVersion => _json.Text("stac_version");

    /// <summary>The STAC extensions that the collection uses: short names in the 2021 version of the API, URLs in the 2022 version.</summary>
    public IReadOnlyList<string> StacExtensions => field ??= _json.Texts("stac_extensions");

    /// <summary>The keywords. Empty if the server sent none.</summary>
    public IReadOnlyList<string> Keywords => field ??= _json.Texts("keywords");

    /// <summary>The organisations that produced, license and host the data. Empty if the server sent none.</summary>
    public IReadOnlyList<Provider> Providers => field ??= Provider.ReadAll(_json);

    /// <summary>The area and the time range of the items. Null if the server sent none.</summary>
    public Extent? Extent => field ??= Extent.Read(_json.Field("extent"));

    /// <summary>Summaries of the properties of all items, as JSON. Null if the server sent none.</summary>
    public JsonElement? Summaries => _json.Object("summaries");

    /// <summary>Properties that all items share, as JSON. Null if the server sent none.</summary>
    public JsonElement? Properties => _json.Object("properties");

    /// <summary>The links.</summary>
    public IReadOnlyList<Link> Links => field ??= Link.ReadAll(_json);

    /// <summary>The assets of the collection itself, by key.</summary>
    public IReadOnlyDictionary<string, Asset> Assets => field ??= Asset.ReadAll(_json);

    /// <summary>The DOI (<c>sci:doi</c>, STAC Scientific Citation extension), or null.</summary>
    public string? Doi => _json.Text("sci:doi");

    /// <summary>How to cite the collection (<c>sci:citation</c>), or null.</summary>
    public string? Citation => _json.Text("sci:citation");

    /// <summary>The version of the collection, exactly as the server wrote it, or null. STAC defines it as a text, but the service sent a number.</summary>
    public string? Version => _json.Field("version") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : _json.Text("version");

    /// <summary>
    /// The distance by which the geometries of the items were moved at random, to protect the people who live there (<c>anon:size</c>), or null.
    /// </summary>
    public double? AnonymizationDistance => _json.Number("anon:size");

    /// <summary>A warning that the geometries do not show the exact place of the data (<c>anon:warning</c>), or null.</summary>
    public string? AnonymizationWarning => _json.Text("anon:warning");

    /// <summary>The collection's page in the registry, made from <see cref="Doi"/>. Null if there is no DOI.</summary>
    public Uri? RegistryUrl =>
        Doi is { Length: > 0 } doi && Uri.TryCreate($"https://registry.mlhub.earth/{doi}", UriKind.Absolute, out var url) ? url : null;

    /// <summary>Creates a collection from JSON, for example from the result of <see cref="ToJson"/>.</summary>
    /// <param name="json">A STAC Collection.</param>
    /// <param name="client">The client that fetches the items and the archive. Null if they are not needed.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    public static Collection FromJson(JsonElement json, MlHubClient? client = null) => new(client, json);

    /// <summary>The JSON as the server sent it, including unknown fields, nulls and the digits of numbers. A bare NaN or Infinity becomes null.</summary>
    public string ToJson() => _json.ToText();

    /// <summary>Gets the size of the archive, in bytes. Null if there is no archive, or the server does not report its size.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="MlHubException">The size could not be fetched.</exception>
    public async Task<long?> GetArchiveSizeAsync(CancellationToken cancellationToken = default) =>
        (await Client.Archives.FindInfoAsync(Id, cancellationToken).ConfigureAwait(false))?.Size;

    /// <summary>Gets an item of the collection.</summary>
    /// <param name="itemId">The id of the item.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such item.</exception>
    public Task<Item> GetItemAsync(string itemId, CancellationToken cancellationToken = default) =>
        Client.Collections.GetItemAsync(Id, itemId, cancellationToken);

    /// <summary>Lists the items of the collection. Each page is fetched when the enumeration reaches it.</summary>
    /// <param name="query">A filter and a limit. Null lists all items.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">A page could not be fetched or read.</exception>
    public IAsyncEnumerable<Item> ListItemsAsync(ItemQuery? query = null, CancellationToken cancellationToken = default) =>
        Client.Collections.ListItemsAsync(Id, query, cancellationToken);

    /// <summary>
    /// Downloads the assets of the collection's items, several at the same time. Each page of items is fetched when it is needed. A failed download does not
    /// stop the others.
    /// </summary>
    /// <inheritdoc cref="AssetsClient" path="/remarks"/>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="query">A filter and a limit for the items. Null means all items.</param>
    /// <param name="options">Which assets to download, how many at the same time, and how. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of each file.</param>
    /// <param name="cancellationToken">Cancels the downloads. They can be resumed.</param>
    /// <returns>The outcome for each asset, in the order in which the downloads ended. An item that has none of the requested assets is skipped.</returns>
    /// <exception cref="ArgumentException">An option is out of range. No request is sent.</exception>
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
