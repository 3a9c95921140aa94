namespace MlHub.Sdk;

/// <summary>The archives of collections: gzipped tarballs of all their files. Thread-safe.</summary>
public class ArchivesClient
{
    private readonly MlHubClient _client;

    /// <summary>For test doubles that override what they need.</summary>
    protected ArchivesClient() => _client = null!;

    internal ArchivesClient(MlHubClient client) => _client = client;

    /// <summary>What the API says of an archive.</summary>
    /// <param name="id">The id of the collection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such archive.</exception>
    public virtual async Task<ArchiveInfo> GetInfoAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = _client.Connection.Api.Archive[id].Info.ToGetRequestInformation();
        return ArchiveInfo.Read(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), id);
    }

    /// <summary>Downloads the archive of a collection.</summary>
    /// <remarks>
    /// The file is named by the last segment of the address it comes from, usually <c>{id}.tar.gz</c>, and bears that name only when it is
    /// whole and verified.
    /// </remarks>
    /// <param name="id">The id of the collection.</param>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory. The current directory when null.</param>
    /// <param name="options">What to do with a file that exists, and how to download; defaults when null.</param>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellationToken">Ends the download; it can be resumed.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such archive.</exception>
    /// <exception cref="MlHubAuthenticationException">The key was refused.</exception>
    /// <exception cref="DownloadException">The archive could not be downloaded whole.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        string id,
        string? outputDirectory = null,
        DownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        _client.Downloader.DownloadAsync(CreateRequest(id, outputDirectory ?? ".", options), progress, cancellationToken);

    /// <summary>Creates the request that <see cref="DownloadAsync"/> sends, for a caller who wants to change it first.</summary>
    /// <param name="id">The id of the collection.</param>
    /// <param name="outputDirectory">The directory; it is created; <c>~</c> is the home directory.</param>
    /// <param name="options">What to do with a file that exists, and how to download; defaults when null.</param>
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
        var url = _client.Connection.Address(_client.Connection.Api.Archive[id].ToGetRequestInformation());
        return TarballRequest.For(url, id, outputDirectory, options);
    }

    /// <summary>The size of an archive, in bytes; null where there is none.</summary>
    internal async Task<long?> GetSizeAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await GetInfoAsync(id, cancellationToken).ConfigureAwait(false)).Size;
        }
        catch (EntityDoesNotExistException)
        {
            return null;
        }
    }
}
