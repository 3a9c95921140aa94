using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Transfer;
using MlHub.Sdk.Downloads.Verification;

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
    private readonly DownloadContext _context;

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
        : this(options, handler, loggerFactory, timeProvider, new ErrorWording())
    {
    }

    /// <summary>Creates a downloader for a client that holds a key.</summary>
    internal ResumableDownloader(
        ResumableDownloaderOptions? options, HttpMessageHandler? handler, ILoggerFactory? loggerFactory, TimeProvider? timeProvider, ErrorWording wording)
    {
        options = options?.Copy() ?? new ResumableDownloaderOptions();
        OptionsCheck.Require(new ResumableDownloaderOptionsValidator(), options, nameof(options));
        CallersHandler.Require(handler, nameof(handler));
        var sender = new UserAgentHandler(
            options.UserAgent ?? UserAgent.For(applicationName: null), handler ?? Sockets.Create(options.Transfer.ConnectTimeout));
        var settings = new DownloaderSettings(options.Transfer, timeProvider ?? TimeProvider.System, wording);
        _context = new DownloadContext(
            new HttpMessageInvoker(sender, disposeHandler: handler is null),
            new HostGates(options.Transfer.MaxConnectionsPerHost),
            settings,
            (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<ResumableDownloader>());
    }

    /// <summary>For test doubles that override what they need.</summary>
    protected ResumableDownloader() => _context = null!;

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
        DownloadAsync(request, claim: null, progress, cancellationToken);

    /// <summary>Downloads one file of several, no two of which may get the same path.</summary>
    internal async Task<DownloadResult> DownloadAsync(
        DownloadRequest request, PathClaim? claim, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        DownloadRequest.Require(request);
        RequireRoomFor(request);

        // Later changes of the caller's options have no effect on this download.
        using var session = new DownloadSession(request with { Options = request.Options with { } }, _context, progress, claim);
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
        return DownloadManyAsync(requests, many, progress, cancellationToken);
    }

    private async IAsyncEnumerable<DownloadOutcome> DownloadManyAsync(
        IAsyncEnumerable<DownloadRequest> requests, int many, IProgress<DownloadProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcomes = Channel.CreateBounded<DownloadOutcome>(many);
        var fetching = FetchAllAsync(requests, many, progress, outcomes.Writer, stop.Token);
        try
        {
            await foreach (var outcome in outcomes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            // Whoever stops listening stops the downloads.
            await stop.CancelAsync().ConfigureAwait(false);
            await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
            RequireDifferentPaths(all);
        }

        return DownloadAllAsync(requests.ToAsyncEnumerable(), concurrency, progress, cancellationToken);
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
        if (disposing && _context is not null)
        {
            _context.Http.Dispose();
        }
    }

    private async Task FetchAllAsync(
        IAsyncEnumerable<DownloadRequest> requests, int many, IProgress<DownloadProgress>? progress, ChannelWriter<DownloadOutcome> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = many, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(ClaimAsync(requests, cancellationToken), parallel, async (claimed, token) =>
                await outcomes.WriteAsync(await OutcomeAsync(claimed, progress, token).ConfigureAwait(false), token).ConfigureAwait(false)).ConfigureAwait(false);
            outcomes.Complete();
        }
        catch (Exception error)
        {
            outcomes.Complete(error);
        }
    }

    private async Task<DownloadOutcome> OutcomeAsync(Claimed claimed, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (claimed.Error is not null)
        {
            return new DownloadOutcome { Request = claimed.Request, Error = claimed.Error };
        }

        try
        {
            return new DownloadOutcome { Request = claimed.Request, Result = await DownloadAsync(claimed.Request, claimed.Claim, progress, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new DownloadOutcome { Request = claimed.Request, Error = error };
        }
    }

    // Names that are known are claimed in the order of the requests, so that it is always the later one that fails.
    private static async IAsyncEnumerable<Claimed> ClaimAsync(
        IAsyncEnumerable<DownloadRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var claims = new PathClaims();
        await foreach (var request in requests.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            yield return Claim(request, claims);
        }
    }

    private static void RequireDifferentPaths(IReadOnlyCollection<DownloadRequest> requests)
    {
        var claims = new PathClaims();
        foreach (var request in requests)
        {
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            if (Claim(request, claims).Error is DownloadException clash)
            {
                throw new ArgumentException(clash.Message, nameof(requests));
            }
        }
    }

    private static Claimed Claim(DownloadRequest request, PathClaims claims)
    {
        try
        {
            DownloadRequest.Require(request);
            var claim = claims.By(request.Url);
            if (Target.Expected(request) is { } expected)
            {
                claim.Take(expected);
            }

            return new Claimed(request, claim);
        }
        catch (Exception error) when (error is DownloadException or ArgumentException)
        {
            return new Claimed(request, Claim: null, error);
        }
    }

    // Fewer than were asked for would be used in silence.
    private void RequireRoomFor(DownloadRequest request)
    {
        if (request.Options.Connections > _context.Options.Transfer.MaxConnectionsPerHost)
        {
            throw new ArgumentException(
                $"Connections is {request.Options.Connections}, and MaxConnectionsPerHost allows {_context.Options.Transfer.MaxConnectionsPerHost}: raise MaxConnectionsPerHost, or ask for fewer.",
                nameof(request));
        }
    }

    /// <summary>A request with its claim, or why it has none.</summary>
    private sealed record Claimed(DownloadRequest Request, PathClaim? Claim, Exception? Error = null);
}
