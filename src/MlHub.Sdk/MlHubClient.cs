using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk;

/// <summary>
/// The front door to an MLHub: datasets, collections and their items, models, archives and catalogues. Thread-safe and made to live long:
/// build one and keep it.
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

    /// <summary>Creates a client. Nothing is sent yet; a missing key is an error of the first request.</summary>
    /// <param name="options">
    /// Its settings, or null for the defaults. They are copied: later changes have no effect. What is absent is looked for in the environment and the
    /// profiles file.
    /// </param>
    /// <param name="handler">
    /// What sends the requests, for a proxy, special certificates or tests; null for connections of the client's own. It must neither follow redirects,
    /// because the key could reach another host, nor decompress. The caller disposes of it.
    /// </param>
    /// <param name="loggerFactory">Where log messages go, or null for nowhere. No message holds a key.</param>
    /// <param name="timeProvider">The clock for time-outs and waits, or null for the system's.</param>
    /// <exception cref="MlHubException">The settings that were found contradict each other or cannot be read.</exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, with a sentence for each. Or <paramref name="handler"/> is a <see cref="HttpClientHandler"/> or a
    /// <see cref="SocketsHttpHandler"/>, or a chain of <see cref="DelegatingHandler"/> that ends in one, whose <c>AllowAutoRedirect</c> is true (its default) or whose
    /// <c>AutomaticDecompression</c> is not <c>None</c>.
    /// </exception>
    public MlHubClient(
        MlHubClientOptions? options = null,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        options = options?.Copy() ?? new MlHubClientOptions();
        OptionsCheck.Require(new MlHubClientOptionsValidator(), options, nameof(options));
        CallersHandler.Require(handler, nameof(handler));
        timeProvider ??= TimeProvider.System;
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("MlHub.Sdk");
        var settings = MlHubSettings.Resolve(options.ApiKey, options.Profile, options.RootUrl, options.Home, options.AllowKeyOverHttp, logger);
        var transfer = options.Transfer;
        _guard = new ApiKeyGuard(settings.ApiKey, settings.RootUrl, settings.AllowKeyOverHttp);
        logger = new KeylessLogger(logger, _guard.Scrub);
        _sockets = handler is null ? Sockets.Create(transfer.ConnectTimeout, transfer.MaxConnectionsPerHost) : null;

        var keyed = new ApiKeyHandler(settings, _guard, new UserAgentHandler(UserAgent.For(options.ApplicationName), handler is null ? _sockets! : new CallersHandler(handler)));
        Connection = new ApiConnection(settings.RootUrl, _guard, timeProvider, Pipeline(transfer, timeProvider, logger, keyed));
        Pages = new Pages(Connection, _guard);
        var advice = $"the API key may have been refused; {_guard.RefusedKeyAdvice}";
        Downloader = new ResumableDownloader(
            new RemoteAccess(new HttpMessageInvoker(keyed, disposeHandler: false), transfer, timeProvider, _guard.Scrub, advice), loggerFactory);
        Datasets = new DatasetsClient(this);
        Collections = new CollectionsClient(this);
        Models = new ModelsClient(this);
        Archives = new ArchivesClient(this);
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
    /// <param name="loggerFactory">Where log messages go, or null for nowhere. No message holds a key.</param>
    /// <param name="timeProvider">The clock for time-outs and waits, or null for the system's.</param>
    /// <exception cref="MlHubException">The settings that were found contradict each other or cannot be read.</exception>
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
    public MlHubClient(
        HttpClient httpClient, MlHubClientOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : this(options, new HttpClientSender(CallersHandler.Require(httpClient, nameof(httpClient))), loggerFactory, timeProvider)
    {
    }

    /// <summary>For test doubles that override what they need.</summary>
    protected MlHubClient()
    {
        _guard = null!;
        Connection = null!;
        Pages = null!;
        Downloader = null!;
        Datasets = null!;
        Collections = null!;
        Models = null!;
        Archives = null!;
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

    /// <summary>The STAC catalogues of datasets: sizes, downloads.</summary>
    public virtual CatalogsClient Catalogs { get; }

    /// <summary>The engine by which everything is downloaded, over the client's own connections.</summary>
    public virtual ResumableDownloader Downloader { get; }

    internal ApiConnection Connection { get; }

    internal Pages Pages { get; }

    /// <summary>
    /// Sends a request of any kind, with the key where it is admitted: the Python client's <c>Session.request</c>. Its address may be
    /// relative to the root, with or without a leading slash; a whole address elsewhere gets no key.
    /// </summary>
    /// <remarks>
    /// <c>Accept-Encoding</c> says what is decoded: gzip, deflate and br. A request that has this header already gets the body as the server sent it.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An answer of success, its body unread. Dispose of it.</returns>
    /// <exception cref="MlHubException">The server could not be reached, or refused.</exception>
    public virtual Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Connection.SendAsync(request, cancellationToken);
    }

    /// <summary>Gets one JSON value.</summary>
    /// <param name="pathOrUrl">A path relative to the root, with or without a leading slash, or a whole address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MlHubException">The server could not be reached, refused, or did not answer with JSON.</exception>
    public virtual Task<JsonElement> GetJsonAsync(string pathOrUrl, CancellationToken cancellationToken = default) =>
        Connection.GetJsonAsync(Connection.For(Connection.Absolute(pathOrUrl)), cancellationToken);

    /// <summary>Gets a page and those that its <c>next</c> links lead to: the Python client's <c>Session.paginate</c>.</summary>
    /// <param name="pathOrUrl">A path relative to the root, with or without a leading slash, or a whole address.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">A page could not be fetched or read, or its next link repeats or leaves the root URL's host.</exception>
    public virtual async IAsyncEnumerable<JsonElement> PaginateAsync(
        string pathOrUrl, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var first = Connection.For(Connection.Absolute(pathOrUrl));
        await foreach (var page in Pages.WalkAsync(first, elements: null, cancellationToken).ConfigureAwait(false))
        {
            yield return page.Clone();
        }
    }

    /// <summary>Closes the connections. Downloads under way fail, and can be resumed.</summary>
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
