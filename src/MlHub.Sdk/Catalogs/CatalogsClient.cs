namespace MlHub.Sdk;

/// <summary>The STAC catalogues of datasets: gzipped tarballs of all metadata and no imagery (generation B). Thread-safe.</summary>
public class CatalogsClient
{
    private readonly MlHubClient _client;

    /// <summary>For test doubles that override what they need.</summary>
    protected CatalogsClient() => _client = null!;

    internal CatalogsClient(MlHubClient client) => _client = client;

    /// <summary>What the API says of a catalogue.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such catalogue.</exception>
    public virtual async Task<CatalogInfo> GetInfoAsync(string datasetId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(datasetId);
        var request = _client.Connection.Api.Catalog[datasetId].Info.ToGetRequestInformation();
        return CatalogInfo.Read(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), datasetId);
    }

    /// <summary>Downloads the catalogue of a dataset.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory. The current directory when null.</param>
    /// <param name="options">What to do with a file that exists, and how to download; defaults when null.</param>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellationToken">Ends the download; it can be resumed.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such catalogue.</exception>
    /// <exception cref="MlHubAuthenticationException">The key was refused.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded whole.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        string datasetId,
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        _client.Downloader.DownloadAsync(CreateRequest(datasetId, outputDirectory ?? ".", options), progress, cancellationToken);

    /// <summary>Creates the request that <see cref="DownloadAsync"/> sends, for a caller who wants to change it first.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory.</param>
    /// <param name="options">What to do with a file that exists, and how to download; defaults when null.</param>
    /// <returns>A request for <see cref="MlHubClient.Downloader"/>.</returns>
    /// <example>
    /// <code>
    /// var request = client.Catalogs.CreateRequest("bigearthnet_v1", "data");
    /// var result = await client.Downloader.DownloadAsync(request with { ExpectedDigests = [digest] });
    /// </code>
    /// </example>
    public virtual DownloadRequest CreateRequest(string datasetId, string outputDirectory, DownloadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(datasetId);
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        var url = _client.Connection.Address(_client.Connection.Api.Catalog[datasetId].ToGetRequestInformation());
        return TarballRequest.For(url, datasetId, outputDirectory, options);
    }
}
