using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk;

/// <summary>
/// The client for an MLHub: datasets, collections and their items, models, archives and catalogues. It is thread-safe. Create one client and keep it for the
/// lifetime of the program.
/// </summary>
/// <remarks>
/// The API key never appears in messages, logs, metrics or traces of this library. It is a query parameter of the requests, so the layers below the library can
/// see it: a handler that the caller provides, and subscribers to .NET's own <c>DiagnosticListener</c> (<c>HttpHandlerDiagnosticListener</c>), which exposes
/// the request. The activities and events of .NET show a query as <c>*</c>, unless <c>System.Net.Http.DisableUriRedaction</c> is set.
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
    /// <param name="timeProvider">The clock for time-outs and waits; null for the system clock.</param>
    /// <exception cref="MlHubException">The profile does not exist, or a setting of the environment or the profiles file is invalid.</exception>
    /// <exception cref="ArgumentException">
    /// Some options are invalid; the message has a sentence for each. Or <paramref name="handler"/> is a <see cref="HttpClientHandler"/> or a
    /// <see cref="SocketsHttpHandler"/>, or a chain of <see cref="DelegatingHandler"/> that ends in one, whose <c>AllowAutoRedirect</c> is true (its default)
    /// or whose <c>AutomaticDecompression</c> is not <c>None</c>.
    /// </exception>
#pragma warning disable RS0026 // The other constructor has a parameter that every call of it gives.
    public MlHubClient(
        MlHubClientOptions? options = null,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
#pragma warning restore RS0026
        : this(options, Senders.Of(handler, nameof(handler)), loggerFactory, timeProvider)
    {
    }

    /// <summary>
    /// Creates a client that sends its requests through an <see cref="HttpClient"/>, such as the one that <c>AddHttpClient&lt;MlHubClient&gt;()</c> injects.
    /// </summary>
    /// <remarks>
    /// The handlers of the <see cref="HttpClient"/> must neither follow redirects nor decompress: <c>.ConfigurePrimaryHttpMessageHandler(() => new
    /// SocketsHttpHandler { AllowAutoRedirect = false })</c>. An <see cref="HttpClient"/> does not expose its handlers, so a handler that follows redirects is
    /// detected only at the first redirected response, which causes an <see cref="MlHubException"/>. <see cref="HttpClient.Timeout"/> limits the time until the
    /// headers of a response are received. <see cref="HttpClient.BaseAddress"/> is not used: the root URL is an option.
    /// </remarks>
    /// <param name="httpClient">The <see cref="HttpClient"/> that sends the requests. The caller disposes of it.</param>
    /// <param name="options">The settings, or null for the defaults. They are copied: later changes have no effect.</param>
    /// <param name="loggerFactory">Receives log messages; null for none. No message contains a key.</param>
    /// <param name="timeProvider">The clock for time-outs and waits; null for the system clock.</param>
    /// <exception cref="MlHubException">The profile does not exist, or a setting of the environment or the profiles file is invalid.</exception>
    /// <exception cref="ArgumentException">
    /// Some options are invalid; the message has a sentence for each. Or the <see cref="HttpClient.DefaultRequestHeaders"/> of <paramref name="httpClient"/> contain credentials
    /// (<c>Authorization</c>, <c>Cookie</c>), which would be sent to every host that the API redirects to.
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
        : this(options, Senders.Of(CallersHandler.Require(httpClient, nameof(httpClient))), loggerFactory, timeProvider)
    {
    }

    /// <summary>Creates a client with the services of a container: its HTTP clients, its loggers and its clock.</summary>
    /// <remarks><c>services.AddMlHubClient()</c> in the package <c>MlHub.Sdk.DependencyInjection</c> calls it.</remarks>
    /// <param name="options">The settings, or null for the defaults. They are copied: later changes have no effect.</param>
    /// <param name="services">What the client uses instead of its own.</param>
    /// <exception cref="MlHubException">The profile does not exist, or a setting of the environment or the profiles file is invalid.</exception>
    /// <exception cref="ArgumentException">Some options are invalid; the message has a sentence for each.</exception>
    public MlHubClient(MlHubClientOptions? options, MlHubClientServices services)
        : this(options, Senders.Of(services), services.LoggerFactory, services.TimeProvider)
    {
    }

    private MlHubClient(MlHubClientOptions? options, Senders senders, ILoggerFactory? loggerFactory, TimeProvider? timeProvider)
    {
        options = options?.Copy() ?? new MlHubClientOptions();
        OptionsCheck.Require(new MlHubClientOptionsValidator(), options, nameof(options));
        timeProvider ??= TimeProvider.System;
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("MlHub.Sdk");
        var settings = MlHubSettings.Resolve(options.ApiKey, options.Profile, options.RootUrl, options.Home, options.AllowKeyOverHttp, logger);
        var transfer = options.Transfer;
        _guard = new ApiKeyGuard(settings.ApiKey, settings.ApiKeySource, settings.RootUrl, settings.AllowKeyOverHttp, senders.ApiKeySource);
        logger = new KeylessLogger(logger, _guard.Scrub);
        _sockets = senders.Api is null ? MlHubHandler.Create(transfer) : null;

        var userAgent = UserAgent.For(options.ApplicationName);
        ApiKeyHandler Keyed(HttpMessageHandler sender) => new(settings, _guard, new UserAgentHandler(userAgent, sender));
        var api = Keyed(senders.Api ?? _sockets!);
        var downloads = senders.Downloads is null ? api : Keyed(senders.Downloads);
        Connection = new ApiConnection(settings.RootUrl, _guard, timeProvider, Pipeline(transfer, senders.RepeatCalls, timeProvider, logger, api));
        Logger = logger;
        Pages = new Pages(Connection, _guard, logger);
        Downloader = new ResumableDownloader(
            new DownloadServices(new HttpMessageInvoker(downloads, disposeHandler: false), transfer, timeProvider, _guard.Scrub, url => Refusal.Access(url, _guard), KeylessLogger.For<ResumableDownloader>(loggerFactory, _guard.Scrub)));
        Datasets = new DatasetsClient(this);
        Collections = new CollectionsClient(this);
        Items = new ItemsClient(this);
        Models = new ModelsClient(this);
        Archives = new ArchivesClient(this);
        Assets = new AssetsClient(this);
        Catalogs = new CatalogsClient(this);
    }

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected MlHubClient()
    {
        _guard = null!;
        Connection = null!;
        Logger = null!;
        Pages = null!;
        Downloader = null!;
        Datasets = new DatasetsClient(client: null);
        Collections = new CollectionsClient(client: null);
        Items = new ItemsClient(client: null);
        Models = new ModelsClient(client: null);
        Archives = new ArchivesClient(client: null);
        Assets = new AssetsClient(client: null);
        Catalogs = new CatalogsClient(client: null);
    }

    /// <summary>The root URL of the API, with a trailing slash.</summary>
    public virtual Uri RootUrl => Connection is null ? throw TestDoubles.NotOverridden(this) : Connection.RootUrl;

    /// <summary>Lists, gets and downloads datasets.</summary>
    public virtual DatasetsClient Datasets { get; }

    /// <summary>Lists and gets STAC Collections and their items.</summary>
    public virtual CollectionsClient Collections { get; }

    /// <summary>Searches for items in all collections.</summary>
    public virtual ItemsClient Items { get; }

    /// <summary>Lists and gets trained models.</summary>
    public virtual ModelsClient Models { get; }

    /// <summary>Gets the sizes of the archives of collections, and downloads them.</summary>
    public virtual ArchivesClient Archives { get; }

    /// <summary>Downloads the assets of items and models.</summary>
    public virtual AssetsClient Assets { get; }

    /// <summary>Gets the sizes of the STAC catalogues of datasets, and downloads them.</summary>
    public virtual CatalogsClient Catalogs { get; }

    /// <summary>The downloader of this client, which uses the client's connections.</summary>
    public virtual ResumableDownloader Downloader { get; }

    internal ApiConnection Connection { get; }

    /// <summary>Whether the client opens its connections itself, and no handler of the caller does.</summary>
    internal bool OpensConnections => _sockets is not null;

    internal ILogger Logger { get; }

    internal Pages Pages { get; }

    /// <inheritdoc cref="ApiKeyGuard.Scrub(MlHubException)"/>
    internal MlHubException Scrub(MlHubException exception) => _guard?.Scrub(exception) ?? exception;

    /// <summary>Removes the API key from a text. Use it for your own messages and logs that repeat what a server sent.</summary>
    /// <remarks>
    /// Messages of this library never contain the key. Data from the server (<c>ToJson()</c>, names of assets and files) is returned unchanged, and servers
    /// have echoed the key in it.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The text with the key replaced by <c>***</c>. If the text contains the key in an encoding in which its exact place is unclear, the result is only
    /// <c>***</c>. The key is found in plain text, escaped (URL, HTML, JSON), as base64 and as a hex dump.
    /// </returns>
    public virtual string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _guard?.Scrub(text) ?? text;
    }

    /// <summary>Sends another API key with all requests that begin from now on. It is thread-safe, so a service can rotate its key while it runs.</summary>
    /// <remarks>Requests that are under way keep the key they began with. Former keys stay out of messages and logs.</remarks>
    /// <param name="apiKey">The key, of at most 2048 characters. White space, line ends and invisible characters at its ends are ignored.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    /// <exception cref="MlHubException">The text cannot be a key. The key in use stays.</exception>
    public virtual void UpdateApiKey(string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        _guard.Replace(ApiKey.From(apiKey, _guard.GivenName) ?? throw new ArgumentException("The API key is empty.", nameof(apiKey)));
    }

    /// <summary>
    /// Sends any request, like <c>Session.request</c> of the Python client. The API key is added if the address is under the root URL. The address can be
    /// relative to the root URL, with or without a leading slash.
    /// </summary>
    /// <remarks>
    /// The client sends <c>Accept-Encoding: gzip, deflate, br</c> and decodes the body. If the request already has this header, the body is returned as the
    /// server sent it.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>A successful response whose body has not been read. The caller disposes of it.</returns>
    /// <exception cref="MlHubException">The server could not be reached, or it refused the request.</exception>
    public virtual Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Connection.SendAsync(request, cancellationToken);
    }

    /// <summary>Sends a GET request and returns the JSON of the response.</summary>
    /// <param name="pathOrUrl">A path relative to the root URL, with or without a leading slash, or an absolute address.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="MlHubException">The server could not be reached, refused the request, or did not send JSON.</exception>
    public virtual Task<JsonElement> GetJsonAsync(string pathOrUrl, CancellationToken cancellationToken = default) =>
        Connection.GetJsonAsync(Connection.For(Connection.Absolute(pathOrUrl)), cancellationToken);

    /// <summary>Gets a page and all further pages by following the <c>next</c> links, like <c>Session.paginate</c> of the Python client.</summary>
    /// <param name="pathOrUrl">A path relative to the root URL, with or without a leading slash, or an absolute address.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">
    /// A page could not be fetched or read, or its next link repeats or points to a host other than that of the root URL.
    /// </exception>
    public virtual async IAsyncEnumerable<JsonElement> PaginateAsync(
        string pathOrUrl, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var first = Connection.For(Connection.Absolute(pathOrUrl));
        await foreach (var page in Pages.WholeAsync(first, cancellationToken).ConfigureAwait(false))
        {
            yield return page;
        }
    }

    /// <summary>Opens a remote file for reading, without downloading it. The stream supports seeking and fetches only the parts that are read.</summary>
    /// <remarks>
    /// <para>
    /// A read fetches at least 32 KiB. While reads are sequential, the ranges double in length and are fetched in advance. Sequential reads are therefore fast,
    /// and random reads fetch little. At most <see cref="OpenReadOptions.BufferSize"/> bytes are kept in memory. Bytes that were read recently are not fetched
    /// again.
    /// </para>
    /// <para>
    /// All bytes belong to the version of the file that the server had when it was opened. This is checked with the address, the length and a strong ETag (or
    /// Last-Modified if there is no strong ETag). If the file changes, a read that needs more bytes fails with <see cref="DownloadFailure.RemoteChanged"/>. A
    /// connection that fails, breaks or stalls is replaced according to <see cref="TransferOptions"/>. If a redirect led to a signed address that has expired,
    /// the original address is requested again. The API key is sent only to addresses under <see cref="RootUrl"/>.
    /// </para>
    /// <para>
    /// If the server does not support range requests, or sends nothing that identifies the version, opening fails with
    /// <see cref="DownloadFailure.NotInParts"/>. A file that fits into <see cref="OpenReadOptions.BufferSize"/> is fetched completely when it is opened
    /// instead.
    /// </para>
    /// <para>
    /// A read returns as many bytes as requested, and fewer only at the end of the file. It throws the same <see cref="MlHubException"/> types as this method.
    /// A read that fails or is cancelled does not change the stream or its position, and can be retried.
    /// </para>
    /// <para>
    /// The stream is not thread-safe: only one read may run at a time. Open a stream for each thread; all streams share the connections of this client. Another
    /// thread may dispose of the stream during a read, which then fails with <see cref="ObjectDisposedException"/>. Synchronous reads block their thread.
    /// </para>
    /// </remarks>
    /// <param name="url">
    /// The absolute http or https address of the file. It may redirect, and may contain a user name and a password (see <see cref="DownloadRequest.Url"/>).
    /// </param>
    /// <param name="options">The options, or null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Cancels opening the file. It has no effect on the stream afterwards.</param>
    /// <returns>A stream at position 0. Dispose of it before the client.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute http or https address, or an option is out of range.</exception>
    /// <exception cref="DownloadException">The file cannot be read. <see cref="DownloadException.Reason"/> says why.</exception>
    /// <exception cref="MlHubAuthenticationException">The server of <paramref name="url"/> responded with 401 or 403.</exception>
    /// <exception cref="EntityDoesNotExistException">There is no such file (404).</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
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

    private DecodingHandler Pipeline(TransferOptions transfer, bool repeatCalls, TimeProvider clock, ILogger logger, HttpMessageHandler keyed)
    {
        // A handler that repeats calls also limits the time of each attempt.
        var timed = new TimeoutHandler(repeatCalls ? transfer.ResponseTimeout : Timeout.InfiniteTimeSpan, transfer.StallTimeout, clock, keyed);
        var redirected = new RedirectHandler(_guard, timed);
        return new DecodingHandler(repeatCalls ? new RetryHandler(transfer, clock, logger, redirected) : redirected);
    }

    /// <summary>What sends the requests of a client. Null is the client's own connections for API calls, and the same as for API calls for downloads.</summary>
    private sealed record Senders(HttpMessageHandler? Api, HttpMessageHandler? Downloads = null, bool RepeatCalls = true, string? ApiKeySource = null)
    {
        internal static Senders Of(HttpMessageHandler? handler, string parameter)
        {
            HandlerRules.Require(handler, parameter);
            return new(handler is null ? null : new CallersHandler(handler));
        }

        internal static Senders Of(HttpClient client) => new(new CallersHandler(new HttpClientSender(() => client)));

        internal static Senders Of(MlHubClientServices services)
        {
            ArgumentNullException.ThrowIfNull(services);
            return new(Of(services.HttpClient), Of(services.DownloadHttpClient), services.RepeatCalls, services.ApiKeySource);
        }

        private static CallersHandler? Of(Func<HttpClient>? clients) =>
            clients is null ? null : new(new HttpClientSender(() => CallersHandler.Require(clients(), nameof(clients))));
    }
}
