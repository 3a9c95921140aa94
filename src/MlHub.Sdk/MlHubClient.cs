using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk;

/// <summary>
/// The client for an MLHub: datasets, collections and their items, models, archives and catalogues. It is thread-safe:
/// create one and keep it for the life of the program.
/// </summary>
/// <remarks>
/// The key is in no message, log, metric or trace of this library. It is a query parameter of the requests, so what stands below the library sees it: a handler
/// that the caller gives, and whoever subscribes to .NET's own <c>DiagnosticListener</c> (<c>HttpHandlerDiagnosticListener</c>), which hands out the request. The
/// activities and events of .NET show a query as <c>*</c>, unless <c>System.Net.Http.DisableUriRedaction</c> is set.
/// </remarks>
/// <example>
/// <code>
/// using var client = new MlHubClient();
/// var dataset = await client.Datasets.GetAsync("bigearthnet_v1");
/// foreach (var archive in await dataset.DownloadAsync("data"))
/// {
///     Console.WriteLine(archive.Path);
/// }
/// </code>
/// </example>
public class MlHubClient : IDisposable
{
    private readonly ApiKeyGuard _guard;
    private readonly HttpMessageHandler? _sockets;

    /// <summary>Creates a client. No request is sent yet. If there is no API key, the first request fails.</summary>
    /// <param name="options">
    /// The settings, or null for the defaults. They are copied: later changes have no effect. Settings that are null are taken from the environment or the
    /// profiles file.
    /// </param>
    /// <param name="handler">
    /// The handler that sends the requests, for a proxy, special certificates or tests; null for the client's own connections. It must not follow redirects,
    /// because the key could reach another host, and it must not decompress. The caller disposes of it.
    /// </param>
    /// <param name="loggerFactory">Receives log messages; null for none. No message contains a key.</param>
    /// <param name="timeProvider">The clock for time-outs and waits; null for the system's.</param>
    /// <exception cref="MlHubException">The settings contradict each other or cannot be read.</exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, with a sentence for each. Or <paramref name="handler"/> is a <see cref="HttpClientHandler"/> or a
    /// <see cref="SocketsHttpHandler"/>, or a chain of <see cref="DelegatingHandler"/> that ends in one, whose <c>AllowAutoRedirect</c> is true (its default) or whose
    /// <c>AutomaticDecompression</c> is not <c>None</c>.
    /// </exception>
#pragma warning disable RS0026 // The other constructor has a parameter that every call of it gives.
    public MlHubClient(
        MlHubClientOptions? options = null,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
#pragma warning restore RS0026
    {
        options = options?.Copy() ?? new MlHubClientOptions();
        OptionsCheck.Require(new MlHubClientOptionsValidator(), options, nameof(options));
        CallersHandler.Require(handler, nameof(handler));
        timeProvider ??= TimeProvider.System;
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("MlHub.Sdk");
        var settings = MlHubSettings.Resolve(options.ApiKey, options.Profile, options.RootUrl, options.Home, options.AllowKeyOverHttp, logger);
        var transfer = options.Transfer;
        _guard = new ApiKeyGuard(settings.ApiKey, settings.ApiKeySource, settings.RootUrl, settings.AllowKeyOverHttp);
        logger = new KeylessLogger(logger, _guard.Scrub);
        _sockets = handler is null ? Sockets.Create(transfer.ConnectTimeout, transfer.MaxConnectionsPerHost) : null;

        var keyed = new ApiKeyHandler(settings, _guard, new UserAgentHandler(UserAgent.For(options.ApplicationName), handler is null ? _sockets! : new CallersHandler(handler)));
        Connection = new ApiConnection(settings.RootUrl, _guard, timeProvider, Pipeline(transfer, timeProvider, logger, keyed));
        Logger = logger;
        Pages = new Pages(Connection, _guard, logger);
        var advice = $"the API key may have been refused; {_guard.RefusedKeyAdvice}";
        Downloader = new ResumableDownloader(
            new RemoteAccess(new HttpMessageInvoker(keyed, disposeHandler: false), transfer, timeProvider, _guard.Scrub, advice), loggerFactory);
        Datasets = new DatasetsClient(this);
        Collections = new CollectionsClient(this);
        Models = new ModelsClient(this);
        Archives = new ArchivesClient(this);
        Assets = new AssetsClient(this);
        Catalogs = new CatalogsClient(this);
    }

    /// <summary>Creates a client that sends through an <see cref="HttpClient"/>, such as the one that <c>AddHttpClient&lt;MlHubClient&gt;()</c> injects.</summary>
    /// <remarks>
    /// Its handlers must neither follow redirects nor decompress: <c>.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false })</c>.
    /// A client does not show its handlers, so this is found out by the first answer that was redirected, which is an <see cref="MlHubException"/>. Its
    /// <see cref="HttpClient.Timeout"/> counts for the headers of an answer. <see cref="HttpClient.BaseAddress"/> is not used: the root URL is an option.
    /// </remarks>
    /// <param name="httpClient">What sends the requests. The caller disposes of it.</param>
    /// <param name="options">Its settings, or null for the defaults, as above.</param>
    /// <param name="loggerFactory">Receives log messages; null for none. No message contains a key.</param>
    /// <param name="timeProvider">The clock for time-outs and waits; null for the system's.</param>
    /// <exception cref="MlHubException">The settings contradict each other or cannot be read.</exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range. Or <paramref name="httpClient"/> has credentials among its <see cref="HttpClient.DefaultRequestHeaders"/>
    /// (<c>Authorization</c>, <c>Cookie</c>), which it would send to every host that the API redirects to.
    /// </exception>
    /// <example>
    /// <code>
    /// services.AddHttpClient&lt;MlHubClient&gt;()
    ///     .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
    /// </code>
    /// </example>
#pragma warning disable RS0026
    public MlHubClient(
        HttpClient httpClient, MlHubClientOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
#pragma warning restore RS0026
        : this(options, new HttpClientSender(CallersHandler.Require(httpClient, nameof(httpClient))), loggerFactory, timeProvider)
    {
    }

    /// <summary>For mocks and subclasses in tests.</summary>
    protected MlHubClient()
    {
        _guard = null!;
        Connection = null!;
        Logger = null!;
        Pages = null!;
        Downloader = null!;
        Datasets = null!;
        Collections = null!;
        Models = null!;
        Archives = null!;
        Assets = null!;
        Catalogs = null!;
    }

    /// <summary>The root URL in use, with a trailing slash.</summary>
    public virtual Uri RootUrl => Connection.RootUrl;

    /// <summary>Datasets: list, find, download.</summary>
    public virtual DatasetsClient Datasets { get; }

    /// <summary>STAC Collections and their items: list, find.</summary>
    public virtual CollectionsClient Collections { get; }

    /// <summary>Trained models: list, find.</summary>
    public virtual ModelsClient Models { get; }

    /// <summary>The archives of collections: sizes, downloads.</summary>
    public virtual ArchivesClient Archives { get; }

    /// <summary>The assets of items and models: downloads.</summary>
    public virtual AssetsClient Assets { get; }

    /// <summary>The STAC catalogues of datasets: sizes, downloads.</summary>
    public virtual CatalogsClient Catalogs { get; }

    /// <summary>The downloader of this client, which uses the client's connections.</summary>
    public virtual ResumableDownloader Downloader { get; }

    internal ApiConnection Connection { get; }

    internal ILogger Logger { get; }

    internal Pages Pages { get; }

    /// <inheritdoc cref="ApiKeyGuard.Scrub(MlHubException)"/>
    internal MlHubException Scrub(MlHubException exception) => _guard?.Scrub(exception) ?? exception;

    /// <summary>Takes the API key out of a text, for messages and logs of your own that repeat what a server sent.</summary>
    /// <remarks>
    /// No message of this library needs it. What a server sends as data (<c>ToJson()</c>, names of assets and files) is as it was sent, and servers have echoed the key.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The text with the key replaced by <c>***</c>; only <c>***</c> if the key is there in a spelling that hides it. It is found as it is, escaped (URL, HTML, JSON), as base64 and as a hex dump.
    /// </returns>
    public virtual string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _guard?.Scrub(text) ?? text;
    }

    /// <summary>
    /// Sends any request, like the Python client's <c>Session.request</c>. The key is added if the address is under the root URL. The address may be
    /// relative to the root, with or without a leading slash.
    /// </summary>
    /// <remarks>
    /// <c>Accept-Encoding</c> says what is decoded: gzip, deflate and br. A request that has this header already gets the body as the server sent it.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A successful answer whose body has not been read. The caller disposes of it.</returns>
    /// <exception cref="MlHubException">The server could not be reached, or refused the request.</exception>
    public virtual Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Connection.SendAsync(request, cancellationToken);
    }

    /// <summary>Gets one JSON value.</summary>
    /// <param name="pathOrUrl">A path relative to the root, with or without a leading slash, or a complete address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MlHubException">The server could not be reached, refused the request, or did not answer with JSON.</exception>
    public virtual Task<JsonElement> GetJsonAsync(string pathOrUrl, CancellationToken cancellationToken = default) =>
        Connection.GetJsonAsync(Connection.For(Connection.Absolute(pathOrUrl)), cancellationToken);

    /// <summary>Gets a page and all pages that its <c>next</c> links lead to, like the Python client's <c>Session.paginate</c>.</summary>
    /// <param name="pathOrUrl">A path relative to the root, with or without a leading slash, or a complete address.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">A page could not be fetched or read, or its next link repeats or leaves the root URL's host.</exception>
    public virtual async IAsyncEnumerable<JsonElement> PaginateAsync(
        string pathOrUrl, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var first = Connection.For(Connection.Absolute(pathOrUrl));
        await foreach (var page in Pages.WholeAsync(first, cancellationToken).ConfigureAwait(false))
        {
            yield return page;
        }
    }

    /// <summary>Opens a remote file for reading, without downloading it: a stream that can be seeked, and that fetches the parts that are read.</summary>
    /// <remarks>
    /// <para>
    /// A read fetches 32 KiB, or what it asks for if that is more. As long as reads follow each other, the ranges double in length and are fetched ahead of
    /// the reader. So reading in sequence is fast, and reading here and there fetches little. At most <see cref="OpenReadOptions.BufferSize"/> bytes are
    /// kept in memory; what was read last is not fetched again.
    /// </para>
    /// <para>
    /// All bytes are of the version of the file that the server had when it was opened. The address, the length and a strong ETag (or, without one,
    /// Last-Modified) prove that. If the file changes, a read that needs more of it fails with <see cref="DownloadFailure.RemoteChanged"/>. A connection that
    /// fails, breaks or stalls is replaced, by the rules of <see cref="TransferOptions"/>. If a redirect led to a signed address that has expired, the original
    /// address is asked again. The API key goes to addresses under <see cref="RootUrl"/> only.
    /// </para>
    /// <para>
    /// A server that serves no ranges, or nothing that proves the version, is refused with <see cref="DownloadFailure.NotInParts"/>, unless all of the file
    /// fits into <see cref="OpenReadOptions.BufferSize"/>: then it is fetched whole when it is opened.
    /// </para>
    /// <para>
    /// A read brings as many bytes as it asks for, and fewer only at the end of the file. It fails with the same <see cref="MlHubException"/> types as this method.
    /// A read that fails or is cancelled leaves the stream and its position as they were, and can be tried again.
    /// </para>
    /// <para>
    /// The stream is not thread-safe: one read at a time. Open one for each thread; they share the connections of this client. It may be disposed of during a read,
    /// from another thread: that read fails with <see cref="ObjectDisposedException"/>. Synchronous reads block their thread while they wait.
    /// </para>
    /// </remarks>
    /// <param name="url">Where the file is: an absolute http or https address. It may redirect, and may hold a user name and a password (see <see cref="DownloadRequest.Url"/>).</param>
    /// <param name="options">How to read it, or null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Ends the wait for the first answer. It has no effect on the stream.</param>
    /// <returns>A stream at position 0. Dispose of it before the client.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute http or https one, or an option is out of its range.</exception>
    /// <exception cref="DownloadException">The file cannot be read; its reason says why.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <paramref name="url"/> answered 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code>
    /// await using var stream = await client.OpenReadAsync(new Uri("https://example.org/labels.zip"));
    /// using var zip = new ZipArchive(stream);
    /// using var reader = new StreamReader(zip.GetEntry("labels.json")!.Open());
    /// Console.WriteLine(await reader.ReadToEndAsync());
    /// </code>
    /// </example>
    public virtual Task<Stream> OpenReadAsync(Uri url, OpenReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Downloader.OpenReadAsync(url, options, cancellationToken);
    }

    /// <summary>Closes the connections. Running downloads fail, and can be resumed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the connections.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && Connection is not null)
        {
            Downloader.Dispose();
            Connection.Dispose();
            _sockets?.Dispose();
        }
    }

    private DecodingHandler Pipeline(TransferOptions transfer, TimeProvider clock, ILogger logger, HttpMessageHandler keyed)
    {
        var timed = new TimeoutHandler(transfer.ResponseTimeout, transfer.StallTimeout, clock, keyed);
        return new DecodingHandler(new RetryHandler(transfer, clock, logger, new RedirectHandler(_guard, timed)));
    }
}
