using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Server;

/// <summary>Serves an <see cref="IHub"/> as an MLHub API, in this process. Unless the options say otherwise, only this machine can connect.</summary>
/// <remarks>
/// It implements the API of the service of 2022. Any number of servers can run in one process. They do not depend on environment variables, on
/// the current directory or on the console. <see cref="MlHubServerLimits"/> has the limits for clients.
/// </remarks>
/// <example>
/// <code>
/// await using var server = await MlHubServer.StartAsync(new MyHub());
/// using var client = new MlHubClient(new MlHubClientOptions { RootUrl = server.RootUrl, ApiKey = server.ApiKey });
/// </code>
/// </example>
public sealed class MlHubServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly InMemoryConnections _connections;
    private readonly ApiKeys _keys;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MlHubServer(WebApplication application, InMemoryConnections connections, ApiKeys keys, string apiKey, ServerUrls urls)
    {
        _application = application;
        _connections = connections;
        _keys = keys;
        ApiKey = apiKey;
        RootUrl = urls.Root;
        ExternalRootUrl = urls.External;
    }

    /// <summary>
    /// The root of the API for clients on this machine, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>, or the address that the server listens on. With a certificate, it
    /// begins with <c>https</c>.
    /// </summary>
    public Uri RootUrl { get; }

    /// <summary>
    /// The root of the API for clients on other machines. It begins with <see cref="MlHubServerOptions.PublicUrl"/>. Without that, it has the first of
    /// <see cref="MlHubServerOptions.Hosts"/>, the first name of the certificate, or an address of this machine. If the server listens only on a loopback address, it is
    /// <see cref="RootUrl"/>.
    /// </summary>
    public Uri ExternalRootUrl { get; }

    /// <summary>
    /// A key that the server accepts: the first of <see cref="MlHubServerOptions.ApiKeys"/>, or the key that it generated. It is empty if the server needs no key, or accepts only the keys of
    /// a file.
    /// </summary>
    public string ApiKey { get; private set; }

    /// <summary>Completes when the server has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a server. It accepts requests when the task completes.</summary>
    /// <param name="hub">What to serve. The server does not dispose it: several servers may share one.</param>
    /// <param name="options">The options; <see langword="null"/> for a free port of the loopback address and a generated key.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">The options contain an empty key, an invalid port, an invalid public URL or origin, or a limit of zero, or they contradict each other.</exception>
    /// <exception cref="InvalidDataException">The keys file or the certificate cannot be used. The message says why.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static Task<MlHubServer> StartAsync(IHub hub, MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hub);
        return StartBeforeHubAsync(Task.FromResult(hub), options, cancellationToken);
    }

    /// <summary>
    /// Starts a server before its hub is open, for example while a large directory is indexed. Until then, <c>/healthz</c> responds with 200, and <c>/readyz</c> and all other requests with 503.
    /// </summary>
    /// <param name="hub">Opens the hub. If it fails, the server keeps responding with 503.</param>
    /// <param name="options">The options; <see langword="null"/> for a free port of the loopback address and a generated key.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <inheritdoc cref="StartAsync(IHub, MlHubServerOptions, CancellationToken)" path="/exception"/>
    public static async Task<MlHubServer> StartBeforeHubAsync(Task<IHub> hub, MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hub);
        options ??= new MlHubServerOptions();
        OptionsCheck.ThrowIfInvalid(options);
        var log = new ServerLog(options.LoggerFactory ?? NullLoggerFactory.Instance);
        var hasKeys = options.ApiKeys.Count > 0 || options.KeysFile is not null || options.AllowAnonymous;
        string[] apiKeys = hasKeys ? [.. options.ApiKeys] : [Guid.NewGuid().ToString("N")];
        var (connections, keys) = (new InMemoryConnections(), new ApiKeys(apiKeys, KeysOf(options, log), options.AllowAnonymous, options.TimeProvider));
        var certificate = CertificateOf(options, log);
        var application = Build(options, hub, connections, keys, certificate);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new MlHubServer(application, connections, keys, apiKeys.FirstOrDefault(""), new ServerUrls(options, certificate?.Current, PortOf(application)));
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Creates a handler that sends requests to this server in memory, without a socket. Request URLs use the scheme <c>http</c> and any host. The handler does not follow redirects
    /// or decompress bodies. Dispose it, or the client that owns it.
    /// </summary>
    /// <returns>A new handler. Several handlers can be used at the same time. After the server has stopped, requests throw <see cref="HttpRequestException"/>.</returns>
    public HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectCallback = (_, _) => new ValueTask<Stream>(_connections.Connect()),
    };

    /// <summary>Replaces the keys that the server accepts, except those of <see cref="MlHubServerOptions.KeysFile"/>.</summary>
    /// <param name="apiKeys">One or more keys, none of them empty.</param>
    /// <exception cref="ArgumentException">There is no key, or one is empty.</exception>
    /// <exception cref="InvalidOperationException">The server allows anonymous requests.</exception>
    public void RequireKeys(params IReadOnlyList<string> apiKeys)
    {
        ArgumentNullException.ThrowIfNull(apiKeys);
        if (apiKeys.Count == 0 || apiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A server needs at least one API key, and no key may be empty.", nameof(apiKeys));
        }

        if (_keys.AllowsAnonymous)
        {
            throw new InvalidOperationException("This server was started with AllowAnonymous, so it needs no keys.");
        }

        _keys.Replace(apiKeys);
        ApiKey = apiKeys[0];
    }

    /// <summary>Stops the server. It accepts no new requests, and responses in progress may finish.</summary>
    /// <param name="cancellationToken">When it is cancelled, responses that are still in progress are cut off.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _application.StopAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the server immediately. Responses in progress are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        // A cancelled token tells the host not to wait for open requests.
        await _application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }

    // The other URL is that of the connections in memory. Only Kestrel knows a free port that it has chosen.
    private static int PortOf(WebApplication application) => application.Urls
        .Select(url => IPEndPoint.TryParse(url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..], out var place) ? place : null)
        .Single(place => place is not null)!.Port;

    private static WatchedFiles<ServerKeySet>? KeysOf(MlHubServerOptions options, ServerLog log) => options.KeysFile is not { } path ? null
        : new WatchedFiles<ServerKeySet>([path], () => new ServerKeySet(KeysFileText.Read(path).Keys), keys => log.KeysChanged(keys.Count), error => log.KeysNotChanged(error.Message));

    private static WatchedFiles<ServerCertificate>? CertificateOf(MlHubServerOptions options, ServerLog log) => options.Certificate is not { } files ? null
        : new WatchedFiles<ServerCertificate>(
            new[] { files.Path, files.KeyPath, files.PasswordPath }.OfType<string>(),
            () => ServerCertificate.Read(files),
            certificate => log.CertificateChanged(certificate.Expires),
            error => log.CertificateNotChanged(error.Message));

    private static WebApplication Build(MlHubServerOptions options, Task<IHub> hub, InMemoryConnections connections, ApiKeys keys, WatchedFiles<ServerCertificate>? certificate)
    {
        // The empty builder reads no environment, no files and no arguments, and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port, listen => Secure(listen, certificate));
            kestrel.Listen(connections.EndPoint);
            Limit(kestrel.Limits, options.Limits);
        });
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(connections);
        builder.Services.AddRoutingCore();
        builder.Services.AddCors();
        var application = builder.Build();
        Configure(application, options, hub, keys, certificate);
        return application;
    }

    private static void Secure(ListenOptions listen, WatchedFiles<ServerCertificate>? certificate)
    {
        // The limits, and the rate at which files are sent, are those of HTTP/1.1.
        listen.Protocols = HttpProtocols.Http1;
        if (certificate is null)
        {
            listen.Use(FileSender.Use);
            return;
        }

        // The kernel cannot encrypt, so files are sent by Kestrel.
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current.Context }),
        });
    }

    private static void Limit(KestrelServerLimits kestrel, MlHubServerLimits limits)
    {
        kestrel.MaxRequestLineSize = limits.RequestLineBytes;
        kestrel.MaxRequestBufferSize = Math.Max(kestrel.MaxRequestBufferSize ?? 0, limits.RequestLineBytes);
        kestrel.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.MaxConcurrentConnections = limits.Connections;
        kestrel.MinResponseDataRate = limits.ResponseBytesPerSecond is { } rate ? new MinDataRate(rate, TimeSpan.FromSeconds(5)) : null;

        // Operations that have a request body allow it (ApiRequest.BodyAsync).
        kestrel.MaxRequestBodySize = 0;
    }

    private static void Configure(WebApplication application, MlHubServerOptions options, Task<IHub> hub, ApiKeys keys, WatchedFiles<ServerCertificate>? certificate)
    {
        // Requests reach these lambdas only when the hub is open.
        IHub Hub() => hub.Result;
        HubUrls UrlsOf(HttpContext context) => new(context.Request, options.PublicUrl);
        var log = new RequestLog(options.LoggerFactory ?? NullLoggerFactory.Instance, keys);
        var health = new Health(hub, log);
        application.Use(RequestPath.ToOriginFormAsync);
        application.Use(log.LogAsync);
        if (options.CorsOrigins.Count > 0)
        {
            application.Use(Cors.VaryAsync);
            application.UseCors(policy => Cors.Allow(policy, options.CorsOrigins));
        }

        application.Use(new ErrorHandling(log).HandleAsync);
        application.Use(health.RespondAsync);
        foreach (var middleware in options.Middleware)
        {
            application.Use(middleware);
        }

        application.Use(new AllowedHosts(HostsOf(options), options.PublicUrl, certificate).CheckAsync);
        application.Use(health.RequireHubAsync);
        application.Use(RequestPath.RewriteAsync);
        if (options.Limits.RequestsPerSecond is { } perSecond)
        {
            application.Use(new RateLimit(perSecond, keys, options.TimeProvider).LimitAsync);
        }

        application.Use(new DownloadLimit(options.Limits, new ServerMetrics(application.Services.GetRequiredService<IMeterFactory>())).LimitAsync);
        application.UseRouting();
        application.Use(RequestPath.DecodeRouteValuesAsync);
        MlHubContract.Map(new ApiEndpoints<MlHubContract>(application, keys, context => new MlHubApi(Hub(), UrlsOf(context), options.Limits.SearchTimeout)));
        application.MapMethods(
            HubUrls.StoragePath + "{**path}", [HttpMethods.Get, HttpMethods.Head], context => StorageEndpoint.RespondAsync(context, Hub(), UrlsOf(context)));
    }

    // The name of this machine leads other machines here. On a loopback address, it would only be one more name for this one.
    private static IEnumerable<string> HostsOf(MlHubServerOptions options) => IPAddress.IsLoopback(options.Address) ? options.Hosts : options.Hosts.Append(Dns.GetHostName());
}
