using System.Text.Json;
using MlHub.Sdk.Downloads.Batch;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>
/// A dataset: one or more collections that belong together, such as source imagery and its labels. It is not a STAC object.
/// </summary>
/// <remarks>
/// Only the id is required. A property is null or empty if the server sent nothing, null or a value of another type; <see cref="ToJson"/> returns what it sent.
/// Properties are parsed from the JSON on access.
/// </remarks>
public sealed class Dataset
{
    /// <summary>The number of requests that run at the same time to fetch the collections or their sizes.</summary>
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

    /// <summary>The descriptors of the collections, in the dataset's order. An id that is listed twice appears once, with the types of both.</summary>
    public IReadOnlyList<CollectionDescriptor> Collections => field ??= DistinctCollections(_json.List("collections", CollectionDescriptor.Read));

    /// <summary>The dataset's page in the registry, or null.</summary>
    public Uri? RegistryUrl => _json.Url("registry");

    /// <summary>The DOI, for example <c>10.14279/depositonce-10149</c>, or null.</summary>
    public string? Doi => _json.Text("doi");

    /// <summary>How to cite the dataset, or null.</summary>
    public string? Citation => _json.Text("citation");

    /// <summary>The description. Null in the 2021 version of the API.</summary>
    public string? Description => _json.Text("description");

    /// <summary>The address of the documentation, or null.</summary>
    public Uri? DocumentationLink => _json.Url("documentation_link");

    /// <summary>Who created the dataset. Null in the 2021 version of the API.</summary>
    public CreatorContact? CreatorContact => field ??= CreatorContact.Read(_json.Field("creator_contact"));

    /// <summary>When the dataset was added to the hub. Null in the 2021 version of the API.</summary>
    public DateTimeOffset? DateAdded => _json.Time("date_added");

    /// <summary>When the dataset was last changed, or null.</summary>
    public DateTimeOffset? DateModified => _json.Time("date_modified");

    /// <summary>Publications about the dataset. Empty if the server sends none.</summary>
    public IReadOnlyList<Publication> Publications => field ??= _json.List("publications", Publication.Read);

    /// <summary>Tools and applications that use the dataset. Empty if the server sends none.</summary>
    public IReadOnlyList<Publication> ToolsApplications => field ??= _json.List("tools_applications", Publication.Read);

    /// <summary>Tutorials about the dataset. Empty if the server sends none.</summary>
    public IReadOnlyList<Publication> Tutorials => field ??= _json.List("tutorials", Publication.Read);

    /// <summary>The publication status, for example <c>ready</c>. Null in the 2021 version of the API.</summary>
    public string? Status => _json.Text("status");

    /// <summary>The tags. Empty in the 2021 version of the API.</summary>
    public IReadOnlyList<string> Tags => field ??= _json.Texts("tags");

    /// <summary>
    /// The area of the dataset, in degrees (WGS 84). It is read from the field <c>bbox</c>, which contains a GeoJSON geometry in datasets. Null if there is
    /// none or if it is invalid.
    /// </summary>
    public Geometry? Geometry => _geometry.Value;

    /// <summary>The bounding box of <see cref="Geometry"/>, or null.</summary>
    public Bbox? Bbox => _json.Field("bbox") switch
    {
        { ValueKind: JsonValueKind.Array } box => Bbox.Read(box),
        var geometry => GeoJsonGeometry.BoxAround(geometry),
    };

    /// <summary>Creates a dataset from JSON, for example from the result of <see cref="ToJson"/>.</summary>
    /// <param name="json">A dataset as the API sends it.</param>
    /// <param name="client">The client that fetches the collections and archives. Null if they are not needed.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    /// <example><code>var dataset = Dataset.FromJson(JsonElement.Parse("""{"id": "crops", "title": "Crops"}"""));</code></example>
    public static Dataset FromJson(JsonElement json, MlHubClient? client = null) => new(client, json);

    /// <summary>The JSON as the server sent it, including unknown fields, nulls and the digits of numbers. A bare NaN or Infinity becomes null.</summary>
    public string ToJson() => _json.ToText();

    /// <summary>
    /// Gets the collections of the dataset, in the dataset's order, each once. The first call fetches them concurrently; later calls return the same list.
    /// </summary>
    /// <param name="cancellationToken">Cancels this wait. The fetch continues if other callers wait for it.</param>
    /// <exception cref="MlHubException">A collection could not be fetched. The next call tries again.</exception>
    public Task<CollectionList> GetCollectionsAsync(CancellationToken cancellationToken = default) => _collections.GetAsync(cancellationToken);

    /// <summary>Gets the total size of the archives of all collections, in bytes, as far as the server reports them. Null if it reports none.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="MlHubException">The sizes could not be fetched.</exception>
    public async Task<long?> GetTotalArchiveSizeAsync(CancellationToken cancellationToken = default)
    {
        var archives = await GetArchivesAsync(cancellationToken).ConfigureAwait(false);
        return archives.Values.All(archive => archive?.Size is null) ? null : archives.Values.Sum(archive => archive?.Size);
    }

    /// <summary>Gets the size and the types of each collection's archive, by the id of the collection. Null for a collection without an archive.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="MlHubException">The information could not be fetched.</exception>
    public async Task<IReadOnlyDictionary<string, ArchiveInfo?>> GetArchivesAsync(CancellationToken cancellationToken = default)
    {
        var archives = await ForEachCollectionAsync(
            (collection, token) => Client.Archives.FindInfoAsync(collection.Id, token), cancellationToken).ConfigureAwait(false);
        return Collections.Zip(archives).ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>Downloads the archives of all collections into a directory, one after the other. Each file is named after its collection.</summary>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">What to do with existing files, and how to download. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <returns>A result for each archive, in the order of <see cref="Collections"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of range. No request is sent.</exception>
    /// <exception cref="MlHubAuthenticationException">The server rejected the API key.</exception>
    /// <exception cref="DownloadsFailedException">
    /// Some archives could not be downloaded, or would have got the path of another. The others are complete.
    /// </exception>
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

    /// <summary>The client that fetches what belongs to the dataset.</summary>
    /// <exception cref="InvalidOperationException">The dataset was created by <see cref="FromJson"/> without a client.</exception>
    internal MlHubClient Client => _client ?? throw EntityId.NoClient(Id);

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
