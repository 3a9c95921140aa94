using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>A STAC Item: a GeoJSON Feature with a time and files. It keeps its own JSON and not that of the page it came in.</summary>
/// <remarks>
/// Only an id is required. A property is null or empty if the server sent nothing, null or something of another type; <see cref="ToJson"/> has what it sent.
/// Properties are read from the JSON when they are asked for.
/// </remarks>
public class Item
{
    private readonly JsonElement _json;
    private readonly Lazy<Geometry?> _geometry;
    private readonly MlHubClient? _client;

    private protected Item(JsonElement json, MlHubClient? client, string what)
    {
        Id = EntityId.Require(json, what);
        _client = client;
        _json = json.Clone();
        _geometry = new Lazy<Geometry?>(() => GeoJsonGeometry.Read(_json.Field("geometry")));
    }

    /// <summary>The id, unique in its collection.</summary>
    public string Id { get; }

    /// <summary>The id of the collection, or null.</summary>
    public string? CollectionId => _json.Text("collection") ?? Properties.Text("collection");

    /// <summary>Where the item lies, WGS 84 in degrees; null for an item without a place, and for a geometry that is invalid.</summary>
    public Geometry? Geometry => _geometry.Value;

    /// <summary>The bounding box of <see cref="Geometry"/>, as the server sent it; null without one.</summary>
    public Bbox? Bbox => _json.Field("bbox") is { } bbox ? Bbox.Read(bbox) : null;

    /// <summary>The moment of the item; null where it has <see cref="StartDateTime"/> and <see cref="EndDateTime"/> instead.</summary>
    public DateTimeOffset? DateTime => Properties.Time("datetime");

    /// <summary>When it begins (<c>start_datetime</c>, before STAC 0.9 <c>dtr:start_datetime</c>), or null.</summary>
    public DateTimeOffset? StartDateTime => Properties.Time("start_datetime") ?? Properties.Time("dtr:start_datetime");

    /// <summary>When it ends (<c>end_datetime</c>, before STAC 0.9 <c>dtr:end_datetime</c>), or null; 9999-12-31T23:59:59Z stands for never.</summary>
    public DateTimeOffset? EndDateTime => Properties.Time("end_datetime") ?? Properties.Time("dtr:end_datetime");

    /// <summary>The moment as an interval, or the interval; null for an item without a time. Ends in the wrong order are exchanged.</summary>
    public TemporalInterval? Time => (StartDateTime, EndDateTime) switch
    {
        (null, null) => DateTime is { } moment ? new TemporalInterval(moment, moment) : null,
        var (start, end) => start > end ? new TemporalInterval(end, start) : new TemporalInterval(start, end),
    };

    /// <summary>All properties, those of extensions included, as JSON; an empty object where the server sends none.</summary>
    public JsonElement Properties => _json.ObjectOrEmpty("properties");

    /// <summary>The distance on the ground between the centres of two pixels (<c>gsd</c>), in metres; or null.</summary>
    public double? Gsd => Properties.Number("gsd");

    /// <summary>The satellite or aircraft (<c>platform</c>), for example <c>Sentinel-2</c>; or null.</summary>
    public string? Platform => Properties.Text("platform");

    /// <summary>The sensors (<c>instruments</c>); empty if the server sent none.</summary>
    public IReadOnlyList<string> Instruments => field ??= Properties.Texts("instruments");

    /// <summary>The bands of its files (<c>eo:bands</c>, STAC EO extension); empty if the server sent none.</summary>
    public IReadOnlyList<Band> Bands => field ??= Properties.Field("eo:bands") is { } bands ? Band.ReadAll(bands) : [];

    /// <summary>Its files, by key. Files that the server sends as a list have their index for a key.</summary>
    public IReadOnlyDictionary<string, Asset> Assets => field ??= Asset.ReadAll(_json);

    /// <summary>Its links.</summary>
    public IReadOnlyList<Link> Links => field ??= Link.ReadAll(_json);

    /// <summary>The version of STAC it is written in, or null.</summary>
    public string? StacVersion => _json.Text("stac_version");

    /// <summary>The STAC extensions it uses: short names in generation A, URLs in B.</summary>
    public IReadOnlyList<string> StacExtensions => field ??= _json.Texts("stac_extensions");

    /// <summary>Where it lies for certain: its box or, if that is missing or not in degrees, the box around its geometry; else null.</summary>
    internal Bbox? Place => new[] { Bbox, GeoJsonGeometry.BoxAround(_json.Field("geometry")) }.FirstOrDefault(box => box?.IsInDegrees == true);

    /// <summary>Reads an item from JSON, as <see cref="ToJson"/> gave it.</summary>
    /// <param name="json">A STAC Item.</param>
    /// <param name="client">The client by which its assets are downloaded; null for an item whose assets are not downloaded.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    public static Item FromJson(JsonElement json, MlHubClient? client = null) => new(json, client, "an item");

    /// <summary>Downloads the assets of the item, several at once.</summary>
    /// <inheritdoc cref="AssetsClient" path="/remarks"/>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory. The current directory when null.</param>
    /// <param name="options">Which assets, how many at once, and how; defaults when null.</param>
    /// <param name="progress">Told how far each file is.</param>
    /// <param name="cancellationToken">Ends the download; it can be resumed.</param>
    /// <returns>A result for each asset, in the order in which they ended.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or the item has no asset of a key that is wanted. Nothing is requested.</exception>
    /// <exception cref="InvalidOperationException">The item was read by <see cref="FromJson"/> without a client.</exception>
    /// <exception cref="DownloadsFailedException">Some assets could not be downloaded; the others were.</exception>
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
    /// <param name="key">The key of the asset, for example <c>B02</c>. Upper and lower case differ.</param>
    /// <param name="options">How to read it, or null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Ends the wait for the first answer. It has no effect on the stream.</param>
    /// <returns>A stream at position 0. Dispose of it before the client.</returns>
    /// <exception cref="ArgumentException">The item has no asset of this key, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The item was read by <see cref="FromJson"/> without a client.</exception>
    /// <exception cref="MlHubException">The file cannot be read. The types are those of <see cref="MlHubClient.OpenReadAsync"/>.</exception>
    public async Task<Stream> OpenReadAsync(string key, OpenReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var asset = Assets.GetValueOrDefault(key) ?? throw NoAsset(key, nameof(key));
        var client = _client ?? throw EntityId.NoClient(Id);
        var location = AssetsClient.Locate(this, asset, client.RootUrl);
        return await client.OpenReadAsync(location.Url ?? throw AssetsClient.CannotBeFetched(client, this, key, location), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included. A bare NaN or Infinity is null.</summary>
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
