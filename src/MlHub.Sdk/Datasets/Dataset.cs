using System.Text.Json;
using MlHub.Sdk.Downloads.Batch;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>
/// One or more collections that belong together: source imagery, and the labels drawn on it. Not a STAC object (manual, chapter 4).
/// </summary>
/// <remarks>
/// Only an id is required. A property is null or empty if the server sent nothing, null or something of another type; <see cref="ToJson"/> has what it sent.
/// Properties are read from the JSON when they are asked for.
/// </remarks>
public sealed class Dataset
{
    /// <summary>As many requests at once as a list of collections or sizes takes.</summary>
    private const int Parallelism = 8;

    private readonly MlHubClient? _client;
    private readonly JsonElement _json;
    private readonly OnceAsync<CollectionList> _collections;
    private readonly Lazy<Geometry?> _geometry;

    private Dataset(MlHubClient? client, JsonElement json)
    {
        Id = EntityId.Require(json, "a dataset");
        _client = client;
        _json = json.Clone();
        _collections = new OnceAsync<CollectionList>(FetchCollectionsAsync);
        _geometry = new Lazy<Geometry?>(() => GeoJsonGeometry.Read(_json.Field("bbox")));
    }

    /// <summary>The id, for example <c>bigearthnet_v1</c>.</summary>
    public string Id { get; }

    /// <summary>The title, or null.</summary>
    public string? Title => _json.Text("title");

    /// <summary>What the dataset says of its collections, in its order; an id that it lists twice is here once, with the types of both.</summary>
    public IReadOnlyList<CollectionDescriptor> Collections => field ??= DistinctCollections(_json.List("collections", CollectionDescriptor.Read));

    /// <summary>The page of the registry about the dataset, or null.</summary>
    public Uri? RegistryUrl => _json.Url("registry");

    /// <summary>The DOI, for example <c>10.14279/depositonce-10149</c>, or null.</summary>
    public string? Doi => _json.Text("doi");

    /// <summary>How to cite the dataset, or null.</summary>
    public string? Citation => _json.Text("citation");

    /// <summary>What the dataset is; null in generation A.</summary>
    public string? Description => _json.Text("description");

    /// <summary>Where its documentation is, or null.</summary>
    public Uri? DocumentationLink => _json.Url("documentation_link");

    /// <summary>Who made it; null in generation A.</summary>
    public CreatorContact? CreatorContact => field ??= CreatorContact.Read(_json.Field("creator_contact"));

    /// <summary>When it was added to the hub; null in generation A.</summary>
    public DateTimeOffset? DateAdded => _json.Time("date_added");

    /// <summary>When it was last changed, or null.</summary>
    public DateTimeOffset? DateModified => _json.Time("date_modified");

    /// <summary>Publications about it; empty where the server sends null or nothing.</summary>
    public IReadOnlyList<Publication> Publications => field ??= _json.List("publications", Publication.Read);

    /// <summary>Tools and applications made with it; empty where the server sends null or nothing.</summary>
    public IReadOnlyList<Publication> ToolsApplications => field ??= _json.List("tools_applications", Publication.Read);

    /// <summary>Tutorials about it; empty where the server sends null or nothing.</summary>
    public IReadOnlyList<Publication> Tutorials => field ??= _json.List("tutorials", Publication.Read);

    /// <summary>How far its publication is, for example <c>ready</c>; null in generation A.</summary>
    public string? Status => _json.Text("status");

    /// <summary>Its tags; empty in generation A.</summary>
    public IReadOnlyList<string> Tags => field ??= _json.Texts("tags");

    /// <summary>Where it lies, WGS 84 in degrees: the field <c>bbox</c>, in which datasets have a GeoJSON geometry; null if there is none or if it is invalid.</summary>
    public Geometry? Geometry => _geometry.Value;

    /// <summary>The bounding box of <see cref="Geometry"/>; null without one.</summary>
    public Bbox? Bbox => _json.Field("bbox") switch
    {
        { ValueKind: JsonValueKind.Array } box => Bbox.Read(box),
        var geometry => GeoJsonGeometry.BoxAround(geometry),
    };

    /// <summary>Reads a dataset from JSON, as <see cref="ToJson"/> gave it.</summary>
    /// <param name="json">A dataset as the API sends it.</param>
    /// <param name="client">The client by which its collections and archives are fetched; null for a dataset of which nothing is fetched.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    /// <example><code>var dataset = Dataset.FromJson(JsonElement.Parse("""{"id": "crops", "title": "Crops"}"""));</code></example>
    public static Dataset FromJson(JsonElement json, MlHubClient? client = null) => new(client, json);

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included. A bare NaN or Infinity is null.</summary>
    public string ToJson() => _json.ToText();

    /// <summary>
    /// The collections of the dataset, fetched side by side the first time and kept; in the dataset's order, each once.
    /// </summary>
    /// <param name="cancellationToken">Ends this wait; a fetch that others wait for goes on.</param>
    /// <exception cref="MlHubException">A collection could not be fetched; the next call tries again.</exception>
    public Task<CollectionList> GetCollectionsAsync(CancellationToken cancellationToken = default) => _collections.GetAsync(cancellationToken);

    /// <summary>The size of the archives of all collections together, in bytes, as far as the server tells them; null where it tells none.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MlHubException">The sizes could not be fetched.</exception>
    public async Task<long?> GetTotalArchiveSizeAsync(CancellationToken cancellationToken = default)
    {
        var archives = await GetArchivesAsync(cancellationToken).ConfigureAwait(false);
        return archives.Values.All(archive => archive?.Size is null) ? null : archives.Values.Sum(archive => archive?.Size);
    }

    /// <summary>The size and the types of the archive of each collection, by the collection's id; null for a collection without an archive.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MlHubException">An archive could not be asked for.</exception>
    public async Task<IReadOnlyDictionary<string, ArchiveInfo?>> GetArchivesAsync(CancellationToken cancellationToken = default)
    {
        var archives = await ForEachCollectionAsync(
            (collection, token) => Client.Archives.FindInfoAsync(collection.Id, token), cancellationToken).ConfigureAwait(false);
        return Collections.Zip(archives).ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>Downloads the archives of all collections into a directory, one after the other, each named after its collection.</summary>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory. The current directory when null.</param>
    /// <param name="options">What to do with files that exist, and how to download; defaults when null.</param>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellationToken">Ends the download; it can be resumed.</param>
    /// <returns>A result for each archive, in the order of <see cref="Collections"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range. Nothing is requested.</exception>
    /// <exception cref="MlHubAuthenticationException">The key was refused.</exception>
    /// <exception cref="DownloadsFailedException">Some archives could not be downloaded, or would have had the path of another; the others were.</exception>
    public async Task<IReadOnlyList<DownloadResult>> DownloadAsync(
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var outcomes = new DownloadTally(Client);
        var claims = new PathClaims();
        foreach (var collection in Collections)
        {
            await outcomes.AddAsync(collection.Id, () => FetchAsync(collection)).ConfigureAwait(false);
        }

        return outcomes.Results($"dataset {Id}");

        Task<DownloadResult> FetchAsync(CollectionDescriptor collection)
        {
            var request = Client.Archives.CreateRequest(collection.Id, outputDirectory ?? ".", options);
            return Client.Downloader.DownloadAsync(request, claims.By(request.Url), progress, cancellationToken);
        }
    }

    /// <summary>The id and the title.</summary>
    public override string ToString() => Title is null ? Id : $"{Id}: {Title}";

    private MlHubClient Client => _client ?? throw EntityId.NoClient(Id);

    private static CollectionDescriptor[] DistinctCollections(IReadOnlyList<CollectionDescriptor> listed) =>
        [.. listed.GroupBy(collection => collection.Id, StringComparer.Ordinal)
            .Select(same => same.First() with { Types = [.. same.SelectMany(collection => collection.Types).Distinct()] })];

    private async Task<CollectionList> FetchCollectionsAsync(CancellationToken cancellationToken)
    {
        var collections = await ForEachCollectionAsync(
            (collection, token) => Client.Collections.GetAsync(collection.Id, token), cancellationToken).ConfigureAwait(false);
        return new CollectionList(Collections, collections);
    }

    private async Task<T[]> ForEachCollectionAsync<T>(Func<CollectionDescriptor, CancellationToken, Task<T>> fetch, CancellationToken cancellationToken)
    {
        var fetched = new T[Collections.Count];
        await Parallel
            .ForEachAsync(
                Enumerable.Range(0, fetched.Length),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (i, token) => fetched[i] = await fetch(Collections[i], token).ConfigureAwait(false))
            .ConfigureAwait(false);
        return fetched;
    }
}
