namespace MlHub.Sdk;

/// <summary>
/// Downloads the STAC catalogues of datasets: compressed tar files with all metadata and no imagery. They were added in the 2022 version of the API.
/// Thread-safe.
/// </summary>
public class CatalogsClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected CatalogsClient()
    {
    }

    internal CatalogsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Gets the size of a catalogue.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such catalogue.</exception>
    public virtual async Task<CatalogInfo> GetInfoAsync(string datasetId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(datasetId);
        var request = Client.Connection.Api.Catalog[datasetId].Info.ToGetRequestInformation();
        return CatalogInfo.Read(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), datasetId);
    }

    /// <summary>Downloads the catalogue of a dataset.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">What to do with an existing file, and how to download. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such catalogue.</exception>
    /// <exception cref="MlHubAuthenticationException">The server rejected the API key.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded completely.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        string datasetId,
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Client.Downloader.DownloadAsync(CreateRequest(datasetId, outputDirectory ?? ".", options), progress, cancellationToken);

    /// <summary>Creates the request that <see cref="DownloadAsync"/> uses, so that you can change it first.</summary>
    /// <param name="datasetId">The id of the dataset.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory.</param>
    /// <param name="options">What to do with an existing file, and how to download. Null means the defaults.</param>
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
        var url = Client.Connection.Address(Client.Connection.Api.Catalog[datasetId].ToGetRequestInformation());
        return TarballRequest.For(url, datasetId, outputDirectory, options);
    }
}
