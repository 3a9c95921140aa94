using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Batch;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Reading;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Session;

namespace MlHub.Sdk;

/// <summary>
/// Downloads files. A file gets its final name only when it is complete and verified. An interrupted download resumes where it stopped, in the same process or
/// a later one, if the remote file can be proved to be the same. Otherwise it restarts. Thread-safe. Create one instance and keep it.
/// </summary>
/// <remarks>
/// During a download, three files exist in the output directory: <c>NAME.mlhub-part</c> (the bytes), <c>NAME.mlhub-journal</c> (which bytes are complete, and
/// of which version) and <c>NAME.mlhub-lock</c> (which process is downloading). All three are removed when the download is complete.
/// </remarks>
/// <example>
/// <code>
/// using var downloader = new ResumableDownloader();
/// var result = await downloader.DownloadAsync(new DownloadRequest { Url = new Uri("https://example.org/data.tar.gz"), OutputDirectory = "data" });
/// Console.WriteLine($"{result.Path}, verified by {result.Verified}");
/// </code>
/// </example>
public class ResumableDownloader : IDisposable
{
    private const int DefaultConcurrency = 8;
    private readonly DownloadServices? _services;

    /// <summary>Creates a downloader. No request is sent yet.</summary>
    /// <param name="options">The settings, or null for the defaults. They are copied: later changes have no effect.</param>
    /// <param name="handler">
    /// The handler that sends the requests, for a proxy, special certificates or tests; null for the downloader's own connections. It must neither follow
    /// redirects nor decompress. The caller disposes of it.
    /// </param>
    /// <param name="loggerFactory">Receives log messages; null for none. No message contains the query or the user information of an address.</param>
    /// <param name="timeProvider">The clock for time-outs, waits and transfer rates; null for the system clock.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range; the message has a sentence for each. Or <paramref name="handler"/> is a <see cref="HttpClientHandler"/> or a
    /// <see cref="SocketsHttpHandler"/>, or a chain of <see cref="DelegatingHandler"/> that ends in one, whose <c>AllowAutoRedirect</c> is true (its default)
    /// or whose <c>AutomaticDecompression</c> is not <c>None</c>.
    /// </exception>
    public ResumableDownloader(
        ResumableDownloaderOptions? options = null,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        options = options?.Copy() ?? new ResumableDownloaderOptions();
        OptionsCheck.Require(new ResumableDownloaderOptionsValidator(), options, nameof(options));
        HandlerRules.Require(handler, nameof(handler));
        var sender = new UserAgentHandler(
            options.UserAgent ?? UserAgent.For(applicationName: null), handler is null ? Sockets.Create(options.Transfer.ConnectTimeout) : new CallersHandler(handler));
        _services = new DownloadServices(
            new HttpMessageInvoker(sender, disposeHandler: handler is null),
            options.Transfer,
            timeProvider ?? TimeProvider.System,
            static words => words,
            static _ => ("Access was denied", "the file may need a login, or the address may be signed and have expired"),
            KeylessLogger.For<ResumableDownloader>(loggerFactory, static words => words));
    }

    /// <summary>Creates the downloader of a client, which has checked its options and has a way of its own to send requests.</summary>
    internal ResumableDownloader(DownloadServices services) => _services = services;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected ResumableDownloader()
    {
    }

    /// <summary>What all downloads share: connections, limits of hosts, time-outs and the clock. Null for a test double.</summary>
    internal DownloadServices? Services => _services;

    /// <summary>Downloads one file.</summary>
    /// <param name="request">What to download, and where to store it.</param>
    /// <param name="progress">Receives the progress of the download, or null.</param>
    /// <param name="cancellationToken">Cancels the download. The part file is kept if the download can be resumed.</param>
    /// <returns>The finished file.</returns>
    /// <exception cref="ArgumentException">
    /// The address is not an absolute http or https address, the file name contains a directory, or a number is out of range.
    /// </exception>
    /// <exception cref="DownloadException">The download failed. <see cref="DownloadException.Reason"/> says why.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <see cref="DownloadRequest.Url"/> responded with 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        DownloadRequest request, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(request, claim: null, progress, cancellationToken);

    /// <summary>Downloads one of several files. No two of them may get the same path.</summary>
    internal Task<DownloadResult> DownloadAsync(
        DownloadRequest request, Action<Target>? claim, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) =>
        _services is null ? DownloadAsync(request, progress, cancellationToken) : RunAsync(request, claim, progress, cancellationToken);

    private async Task<DownloadResult> RunAsync(
        DownloadRequest request, Action<Target>? claim, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var services = _services ?? throw new NotSupportedException("A test double of ResumableDownloader must override DownloadAsync.");
        DownloadRequest.Require(request);
        RequireRoomFor(request);

        // Later changes of the caller's options have no effect on this download.
        using var session = new DownloadSession(request with { Options = request.Options with { } }, services, progress, claim);
        return await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Downloads many files, several at a time, over shared connections. A failed download does not stop the others.</summary>
    /// <remarks>
    /// No two files may get the same path. Names that differ only in case count as the same. A name from <see cref="DownloadRequest.FileName"/>, or from an
    /// address that ends in a file name (<c>…/data.tar.gz</c>), belongs to the first request with this name. A name that is only known from the server's
    /// response belongs to the first download that receives it. Any other download with this name fails with <see cref="DownloadFailure.NameTaken"/>, and
    /// nothing is downloaded for it. Two requests with the same address conflict in this way too.
    /// </remarks>
    /// <param name="requests">The files to download. The sequence is read while the downloads run. About 200 bytes of memory are kept for each request.</param>
    /// <param name="concurrency">The number of files to download at the same time, from 1 to 256; null for 8.</param>
    /// <param name="progress">Receives the progress of each file, or null.</param>
    /// <param name="cancellationToken">Cancels all downloads.</param>
    /// <returns>The outcome of each download, in the order in which the downloads end.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="concurrency"/> is not from 1 to 256.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
#pragma warning disable RS0026 // The two overloads differ in a parameter that every call has.
    public virtual IAsyncEnumerable<DownloadOutcome> DownloadAllAsync(
        IAsyncEnumerable<DownloadRequest> requests,
        int? concurrency = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var many = concurrency ?? DefaultConcurrency;
        ArgumentOutOfRangeException.ThrowIfLessThan(many, 1, nameof(concurrency));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(many, 256, nameof(concurrency));
        return new DownloadBatch((request, claim, token) => DownloadAsync(request, claim, progress, token)).RunAsync(requests, many, cancellationToken);
    }

    /// <inheritdoc cref="DownloadAllAsync(IAsyncEnumerable{DownloadRequest}, int?, IProgress{DownloadProgress}?, CancellationToken)"/>
    /// <exception cref="ArgumentException">
    /// <paramref name="requests"/> is an array, a list or another collection in memory, and two of its requests are known to get the same path. Nothing is
    /// downloaded.
    /// </exception>
    public virtual IAsyncEnumerable<DownloadOutcome> DownloadAllAsync(
        IEnumerable<DownloadRequest> requests,
        int? concurrency = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests is IReadOnlyCollection<DownloadRequest> all)
        {
            DownloadBatch.RequireDifferentPaths(all);
        }

        return DownloadAllAsync(requests.ToAsyncEnumerable(), concurrency, progress, cancellationToken);
    }
#pragma warning restore RS0026

    /// <summary>Gets the size of a remote file from the server. Local files are neither read nor written.</summary>
    /// <remarks>
    /// The request is a GET for one byte, because many signed addresses do not allow HEAD requests. Redirects, retries and time-outs are the same as for a
    /// download.
    /// </remarks>
    /// <param name="request">The file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The size in bytes, or null if the server does not report it.</returns>
    /// <exception cref="ArgumentException">
    /// The request is invalid. See <see cref="DownloadAsync(DownloadRequest, IProgress{DownloadProgress}?, CancellationToken)"/>.
    /// </exception>
    /// <exception cref="DownloadException">The server could not be reached, or it refused the request.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <see cref="DownloadRequest.Url"/> responded with 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public virtual async Task<long?> GetSizeAsync(DownloadRequest request, CancellationToken cancellationToken = default)
    {
        var services = _services ?? throw new NotSupportedException("A test double of ResumableDownloader must override GetSizeAsync.");
        DownloadRequest.Require(request);
        using var question = new SizeQuestion(request, services);
        return await KeylessAsync(services, question.AskAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Checks a finished file against the given digests. If none are given, checks it against the receipt that the download attached to it.</summary>
    /// <remarks>
    /// The receipt is an extended attribute (an alternate data stream on Windows): it stays with the file when the file is renamed, and most copy operations
    /// lose it.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="expected">The digests that the file must have, or null.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Whether the file is correct, and what it was checked against.</returns>
    /// <exception cref="ArgumentException">Two different digests of one algorithm are expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the file.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public virtual Task<VerificationResult> VerifyAsync(
        string path, IReadOnlyList<FileDigest>? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileDigest.RequireOneOfEach(expected ?? [], nameof(expected));
        return FileVerifier.VerifyAsync(Path.GetFullPath(path), expected ?? [], cancellationToken);
    }

    /// <summary>Opens a remote file over the connections of this downloader (<see cref="MlHubClient.OpenReadAsync"/>).</summary>
    internal Task<Stream> OpenReadAsync(Uri url, OpenReadOptions? options, CancellationToken cancellationToken)
    {
        var services = _services ?? throw new NotSupportedException("A test double of MlHubClient must override OpenReadAsync.");
        options = options is null ? new OpenReadOptions() : options with { };
        OptionsCheck.Require(new OpenReadOptionsValidator(), options, nameof(options));

        // Reading stores no file.
        var request = new DownloadRequest { Url = url, OutputDirectory = "." };
        DownloadRequest.Require(request);
        return KeylessAsync(services, RemoteStream.OpenAsync(request, services, options, cancellationToken));
    }

    /// <summary>Closes the downloader's connections.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the downloader's connections.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && _services is not null)
        {
            _services.Http.Dispose();
        }
    }

    private static async Task<T> KeylessAsync<T>(DownloadServices services, Task<T> asking)
    {
        try
        {
            return await asking.ConfigureAwait(false);
        }
        catch (Exception error) when (KeylessException.Of(error, services.Scrub) is var keyless && keyless != error)
        {
            throw keyless;
        }
    }

    // Otherwise the download would silently use fewer connections than the caller asked for.
    private void RequireRoomFor(DownloadRequest request)
    {
        if (request.Options.Connections > _services!.Options.MaxConnectionsPerHost)
        {
            throw new ArgumentException(
                $"Connections is {request.Options.Connections}, but MaxConnectionsPerHost is {_services!.Options.MaxConnectionsPerHost}: raise MaxConnectionsPerHost, or lower Connections.",
                nameof(request));
        }
    }
}
