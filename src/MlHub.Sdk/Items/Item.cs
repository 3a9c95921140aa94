using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>A STAC Item: a GeoJSON Feature with a time and assets. It keeps only its own JSON in memory, not the page that contained it.</summary>
/// <remarks>
/// Only the id is required. A property is null or empty if the server sent nothing, null or a value of another type; <see cref="ToJson"/> returns what it sent.
/// Properties are parsed from the JSON on access.
/// </remarks>
public class Item
{
    private readonly JsonElement _json;
    private readonly Lazy<Geometry?> _geometry;
    private readonly Lazy<Uri?> _self;
    private readonly MlHubClient? _client;

    private protected Item(JsonElement json, MlHubClient? client, string what)
    {
        Id = EntityId.Require(json, what);
        _client = client;
        _json = json.Clone();
        _geometry = new Lazy<Geometry?>(() => GeoJsonGeometry.Read(_json.Field("geometry")));
        _self = new Lazy<Uri?>(() => Link.ReadSelf(_json));
    }

    /// <summary>The id, which is unique in its collection.</summary>
    public string Id { get; }

    /// <summary>The id of the collection, or null.</summary>
    public string? CollectionId => _json.Text("collection") ?? Properties.Text("collection");

    /// <summary>The area of the item, in degrees (WGS 84). Null if there is none or if it is invalid.</summary>
    public Geometry? Geometry => _geometry.Value;

    /// <summary>The bounding box of <see cref="Geometry"/>, as the server sent it, or null.</summary>
    public Bbox? Bbox => _json.Field("bbox") is { } bbox ? Bbox.Read(bbox) : null;

    /// <summary>The time of the item. Null if it has <see cref="StartDateTime"/> and <see cref="EndDateTime"/> instead.</summary>
    public DateTimeOffset? DateTime => Properties.Time("datetime");

    /// <summary>The start of the item's time interval (<c>start_datetime</c>, before STAC 0.9 <c>dtr:start_datetime</c>), or null.</summary>
    public DateTimeOffset? StartDateTime => Properties.Time("start_datetime") ?? Properties.Time("dtr:start_datetime");

    /// <summary>
    /// The end of the item's time interval (<c>end_datetime</c>, before STAC 0.9 <c>dtr:end_datetime</c>), or null. 9999-12-31T23:59:59Z means that it never
    /// ends.
    /// </summary>
    public DateTimeOffset? EndDateTime => Properties.Time("end_datetime") ?? Properties.Time("dtr:end_datetime");

    /// <summary>The time of the item as an interval. Null for an item without a time. If the start is after the end, they are swapped.</summary>
    public TemporalInterval? Time => (StartDateTime, EndDateTime) switch
    {
        (null, null) => DateTime is { } moment ? new TemporalInterval(moment, moment) : null,
        var (start, end) => start > end ? new TemporalInterval(end, start) : new TemporalInterval(start, end),
    };

    /// <summary>All properties as JSON, including those of extensions. An empty object if the server sent none.</summary>
    public JsonElement Properties => _json.ObjectOrEmpty("properties");

    /// <summary>The ground sample distance (<c>gsd</c>), which is the distance between the centres of two pixels, in metres; or null.</summary>
    public double? Gsd => Properties.Number("gsd");

    /// <summary>The satellite or aircraft (<c>platform</c>), for example <c>Sentinel-2</c>, or null.</summary>
    public string? Platform => Properties.Text("platform");

    /// <summary>The sensors (<c>instruments</c>). Empty if the server sent none.</summary>
    public IReadOnlyList<string> Instruments => field ??= Properties.Texts("instruments");

    /// <summary>The bands of its assets (<c>eo:bands</c>, STAC EO extension). Empty if the server sent none.</summary>
    public IReadOnlyList<Band> Bands => field ??= Properties.Field("eo:bands") is { } bands ? Band.ReadAll(bands) : [];

    /// <summary>The assets, by key. If the server sends a list, the key of an asset is its index.</summary>
    public IReadOnlyDictionary<string, Asset> Assets => field ??= Asset.ReadAll(_json);

    /// <summary>The links.</summary>
    public IReadOnlyList<Link> Links => field ??= Link.ReadAll(_json);

    /// <summary>The STAC version of the item, or null.</summary>
    public string? StacVersion => _json.Text("stac_version");

    /// <summary>The STAC extensions that the item uses: short names in the 2021 version of the API, URLs in the 2022 version.</summary>
    public IReadOnlyList<string> StacExtensions => field ??= _json.Texts("stac_extensions");

    /// <summary>
    /// The bounding box that filters use: the item's box or, if that is missing or not in degrees, the box around its geometry. Null if there is neither.
    /// </summary>
    internal Bbox? Place => Bbox is { IsInDegrees: true } box ? box : GeoJsonGeometry.BoxAround(_json.Field("geometry")) is { IsInDegrees: true } around ? around : null;

    /// <summary>The http or https address of the item itself; null if it has none.</summary>
    internal Uri? Self => _self.Value;

    /// <summary>Creates an item from JSON, for example from the result of <see cref="ToJson"/>.</summary>
    /// <param name="json">A STAC Item.</param>
    /// <param name="client">The client that downloads the assets. Null if they are not needed.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    public static Item FromJson(JsonElement json, MlHubClient? client = null) => new(json, client, "an item");

    /// <summary>Downloads the assets of the item, several at once.</summary>
    /// <inheritdoc cref="AssetsClient" path="/remarks"/>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">Which assets to download, how many at the same time, and how. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of each file.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <returns>A result for each asset, in the order in which the downloads ended.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the item has no asset with one of the requested keys. No request is sent.</exception>
    /// <exception cref="InvalidOperationException">The item was created by <see cref="FromJson"/> without a client.</exception>
    /// <exception cref="DownloadsFailedException">Some assets could not be downloaded. The others are complete.</exception>
    public async Task<IReadOnlyList<DownloadResult>> DownloadAsync(
        string? outputDirectory = null,
        AssetDownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (options?.Keys?.FirstOrDefault(key => !Assets.ContainsKey(key)) is { } absent)
        {
            throw NoAsset(absent, nameof(options));
        }

        var client = _client ?? throw EntityId.NoClient(Id);
        var outcomes = new DownloadTally(client);
        await foreach (var outcome in client.Assets.DownloadAsync(new[] { this }.ToAsyncEnumerable(), outputDirectory, options, progress, cancellationToken).ConfigureAwait(false))
        {
            outcomes.Add(outcome.Key, outcome.Result, outcome.Error);
        }

        return outcomes.Results($"'{Id}'");
    }

    /// <summary>Opens an asset of the item for reading, without downloading it.</summary>
    /// <inheritdoc cref="MlHubClient.OpenReadAsync" path="/remarks"/>
    /// <param name="key">The case-sensitive key of the asset, for example <c>B02</c>.</param>
    /// <param name="options">The options, or null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Cancels opening the file. It has no effect on the stream afterwards.</param>
    /// <returns>A stream at position 0. Dispose of it before the client.</returns>
    /// <exception cref="ArgumentException">The item has no asset with this key, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The item was created by <see cref="FromJson"/> without a client.</exception>
    /// <exception cref="MlHubException">The file cannot be read. The types are those of <see cref="MlHubClient.OpenReadAsync"/>.</exception>
    public async Task<Stream> OpenReadAsync(string key, OpenReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var asset = Assets.GetValueOrDefault(key) ?? throw NoAsset(key, nameof(key));
        var client = _client ?? throw EntityId.NoClient(Id);
        var location = AssetsClient.Locate(this, asset, client.RootUrl);
        return await client.OpenReadAsync(location.Url ?? throw AssetsClient.CannotBeFetched(client, this, key, location), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The JSON as the server sent it, including unknown fields, nulls and the digits of numbers. A bare NaN or Infinity becomes null.</summary>
    public string ToJson() => _json.ToText();

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    private ArgumentException NoAsset(string key, string parameter)
    {
        var message = $"'{Id}' has no asset '{key}'. It has: {string.Join(", ", Assets.Keys)}.";
        return new(_client?.Redact(message) ?? message, parameter);
    }

    private protected string? Text(string property) => Properties.Text(property);
}
