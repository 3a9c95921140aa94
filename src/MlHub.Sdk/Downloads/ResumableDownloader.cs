using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlHub.Sdk.Downloads.Batch;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Reading;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Session;

namespace MlHub.Sdk;

/// <summary>
/// Downloads files so that the final name always means: whole and right. Interrupted downloads go on where they stopped, in the same
/// process or a later one, when the remote can be proved to be the same file, and start again otherwise. Thread-safe; meant to live long.
/// </summary>
/// <remarks>
/// While a file is on its way, <c>NAME.mlhub-part</c> (its bytes), <c>NAME.mlhub-journal</c> (what is known of them) and
/// <c>NAME.mlhub-lock</c> (who is at work) lie beside its final name. All three are gone when it is done.
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

    /// <summary>Creates a downloader. Nothing is sent yet.</summary>
    /// <param name="options">Its settings, or null for the defaults. They are copied: later changes have no effect.</param>
    /// <param name="handler">
    /// What sends the requests, for a proxy, special certificates or tests; null for connections of the downloader's own. It must neither follow
    /// redirects nor decompress. The caller disposes of it.
    /// </param>
    /// <param name="loggerFactory">Where log messages go, or null for nowhere. No message holds a query or user information of an address.</param>
    /// <param name="timeProvider">The clock for time-outs, waits and rates, or null for the system's.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, with a sentence for each. Or <paramref name="handler"/> is a <see cref="HttpClientHandler"/> or a
    /// <see cref="SocketsHttpHandler"/>, or a chain of <see cref="DelegatingHandler"/> that ends in one, whose <c>AllowAutoRedirect</c> is true (its default) or whose
    /// <c>AutomaticDecompression</c> is not <c>None</c>.
    /// </exception>
    public ResumableDownloader(
        ResumableDownloaderOptions? options = null,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        options = options?.Copy() ?? new ResumableDownloaderOptions();
        OptionsCheck.Require(new ResumableDownloaderOptionsValidator(), options, nameof(options));
        CallersHandler.Require(handler, nameof(handler));
        var sender = new UserAgentHandler(
            options.UserAgent ?? UserAgent.For(applicationName: null), handler is null ? Sockets.Create(options.Transfer.ConnectTimeout) : new CallersHandler(handler));
        var access = new RemoteAccess(
            new HttpMessageInvoker(sender, disposeHandler: handler is null),
            options.Transfer,
            timeProvider ?? TimeProvider.System,
            static words => words,
            "the file may need a login, or the address may be signed and have expired");
        _services = Services(access, loggerFactory);
    }

    /// <summary>Creates the downloader of a client, which has checked its options and has a way of its own to send requests.</summary>
    internal ResumableDownloader(RemoteAccess access, ILoggerFactory? loggerFactory) => _services = Services(access, loggerFactory);

    /// <summary>For test doubles that override what they need.</summary>
    protected ResumableDownloader()
    {
    }

    /// <summary>Downloads one file.</summary>
    /// <param name="request">What to fetch, and where to put it.</param>
    /// <param name="progress">Where to tell how far it is, or null.</param>
    /// <param name="cancellationToken">Cancels the download. What can be resumed is kept.</param>
    /// <returns>The finished file.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute http or https one, the file name holds a directory, or a number is out of its range.</exception>
    /// <exception cref="DownloadException">The download failed; its reason says why.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <see cref="DownloadRequest.Url"/> answered 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public virtual Task<DownloadResult> DownloadAsync(
        DownloadRequest request, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(request, claim: null, progress, cancellationToken);

    /// <summary>Downloads one file of several, no two of which may get the same path.</summary>
    internal Task<DownloadResult> DownloadAsync(
        DownloadRequest request, Action<Target>? claim, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) =>
        _services is null ? DownloadAsync(request, progress, cancellationToken) : RunAsync(request, claim, progress, cancellationToken);

    private async Task<DownloadResult> RunAsync(
        DownloadRequest request, Action<Target>? claim, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var services = _services ?? throw new NotSupportedException("A test double of ResumableDownloader overrides DownloadAsync.");
        DownloadRequest.Require(request);
        RequireRoomFor(request);

        // Later changes of the caller's options have no effect on this download.
        using var session = new DownloadSession(request with { Options = request.Options with { } }, services, progress, claim);
        return await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Downloads many files, some of them at once, over kept connections. One that fails does not stop the others.</summary>
    /// <remarks>
    /// No two files may end at the same path, names that differ by case alone included. A <see cref="DownloadRequest.FileName"/>, or the
    /// name in an address that ends in one (<c>…/data.tar.gz</c>), belongs to the first request that has it; a name that only the server's answer
    /// tells, to the first download that learns it. The other fails with <see cref="DownloadFailure.NameTaken"/>, and of it nothing is fetched. The
    /// same address twice is such a pair.
    /// </remarks>
    /// <param name="requests">What to fetch. It is read as the downloads go on: of each, no more than some two hundred bytes are kept.</param>
    /// <param name="concurrency">How many files are fetched at once, from 1 to 256; null for 8.</param>
    /// <param name="progress">Where to tell how far each file is, or null.</param>
    /// <param name="cancellationToken">Cancels all downloads.</param>
    /// <returns>What became of each, in the order in which they ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="concurrency"/> is not from 1 to 256.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
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
    /// <paramref name="requests"/> is an array, a list or another collection that is all there, and two of them are known to end at the same path. Nothing is fetched.
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

    /// <summary>Asks the server for the size of a file. Nothing is stored, and no file of this machine is looked at.</summary>
    /// <remarks>One byte is asked for, because many signed addresses admit no HEAD request. Redirects, retries and time-outs are those of a download.</remarks>
    /// <param name="request">What to ask for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The size in bytes; null if the server does not tell it.</returns>
    /// <exception cref="ArgumentException">The request cannot be meant; see <see cref="DownloadAsync(DownloadRequest, IProgress{DownloadProgress}?, CancellationToken)"/>.</exception>
    /// <exception cref="DownloadException">The server could not be reached, or refused.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <see cref="DownloadRequest.Url"/> answered 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public virtual async Task<long?> GetSizeAsync(DownloadRequest request, CancellationToken cancellationToken = default)
    {
        var services = _services ?? throw new NotSupportedException("A test double of ResumableDownloader overrides GetSizeAsync.");
        DownloadRequest.Require(request);
        using var question = new SizeQuestion(request, services);
        return await KeylessAsync(services, question.AskAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Checks a finished file: against the digests given, or where none are, against the receipt that was attached to it when it was downloaded.</summary>
    /// <remarks>The receipt is an extended attribute (an alternate data stream on Windows): it goes with the file when it is renamed, and is lost in most copies.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="expected">The digests that it must have, or null.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Whether it is right, and what it was held against.</returns>
    /// <exception cref="ArgumentException">Two different digests of one algorithm are expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public virtual Task<VerificationResult> VerifyAsync(
        string path, IReadOnlyList<FileDigest>? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileDigest.RequireOneOfEach(expected ?? [], nameof(expected));
        return FileVerifier.VerifyAsync(Path.GetFullPath(path), expected ?? [], cancellationToken);
    }

    /// <summary>Opens a remote file, over the connections of this downloader (<see cref="MlHubClient.OpenReadAsync"/>).</summary>
    internal Task<Stream> OpenReadAsync(Uri url, OpenReadOptions? options, CancellationToken cancellationToken)
    {
        var services = _services ?? throw new NotSupportedException("A test double of MlHubClient overrides OpenReadAsync.");
        options = options is null ? new OpenReadOptions() : options with { };
        OptionsCheck.Require(new OpenReadOptionsValidator(), options, nameof(options));

        // Nothing is put into a directory.
        var request = new DownloadRequest { Url = url, OutputDirectory = "." };
        DownloadRequest.Require(request);
        return KeylessAsync(services, RemoteStream.OpenAsync(request, services.Access, options, services.Logger, cancellationToken));
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
            _services.Access.Http.Dispose();
        }
    }

    private static DownloadServices Services(RemoteAccess access, ILoggerFactory? loggerFactory) =>
        new(access, new KeylessLogger((loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<ResumableDownloader>(), access.Scrub));

    private static async Task<T> KeylessAsync<T>(DownloadServices services, Task<T> asking)
    {
        try
        {
            return await asking.ConfigureAwait(false);
        }
        catch (Exception error) when (KeylessException.Of(error, services.Access.Scrub) is var keyless && keyless != error)
        {
            throw keyless;
        }
    }

    // Fewer than were asked for would be used in silence.
    private void RequireRoomFor(DownloadRequest request)
    {
        if (request.Options.Connections > _services!.Options.MaxConnectionsPerHost)
        {
            throw new ArgumentException(
                $"Connections is {request.Options.Connections}, and MaxConnectionsPerHost allows {_services!.Options.MaxConnectionsPerHost}: raise MaxConnectionsPerHost, or ask for fewer.",
                nameof(request));
        }
    }
}
