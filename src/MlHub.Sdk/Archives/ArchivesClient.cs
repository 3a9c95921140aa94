namespace MlHub.Sdk;

/// <summary>Downloads the archives of collections: compressed tar files with all files of the collection. Thread-safe.</summary>
public class ArchivesClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected ArchivesClient()
    {
    }

    internal ArchivesClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Gets the size, dataset and types of an archive.</summary>
    /// <param name="id">The id of the collection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such archive.</exception>
    public virtual async Task<ArchiveInfo> GetInfoAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = Client.Connection.Api.Archive[id].Info.ToGetRequestInformation();
        return ArchiveInfo.Read(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), id);
    }

    /// <summary>Downloads the archive of a collection.</summary>
    /// <remarks>
    /// The name of the file is the last segment of its address, usually <c>{id}.tar.gz</c>. The file gets that name only when it is
    /// complete and verified.
    /// </remarks>
    /// <param name="id">The id of the collection.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">What to do with an existing file, and how to download. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such archive.</exception>
    /// <exception cref="MlHubAuthenticationException">The server rejected the API key.</exception>
    /// <exception cref="DownloadException">The archive could not be downloaded completely.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        string id,
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Client.Downloader.DownloadAsync(CreateRequest(id, outputDirectory ?? ".", options), progress, cancellationToken);

    /// <summary>Creates the request that <see cref="DownloadAsync"/> uses, so that you can change it first.</summary>
    /// <param name="id">The id of the collection.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory.</param>
    /// <param name="options">What to do with an existing file, and how to download. Null means the defaults.</param>
    /// <returns>A request for <see cref="MlHubClient.Downloader"/>.</returns>
    /// <example>
    /// <code>
    /// var request = client.Archives.CreateRequest("bigearthnet_v1_source", "data");
    /// var result = await client.Downloader.DownloadAsync(request with { ExpectedDigests = [digest] });
    /// </code>
    /// </example>
    public virtual DownloadRequest CreateRequest(string id, string outputDirectory, DownloadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        var url = Client.Connection.Address(Client.Connection.Api.Archive[id].ToGetRequestInformation());
        return TarballRequest.For(url, id, outputDirectory, options);
    }

    /// <summary>The size, dataset and types of an archive; null if there is none.</summary>
    internal async Task<ArchiveInfo?> FindInfoAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await GetInfoAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException)
        {
            return null;
        }
    }
}
