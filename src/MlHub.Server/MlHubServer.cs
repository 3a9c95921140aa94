using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Server;

/// <summary>Serves an <see cref="IHub"/> as an MLHub API, in this process and on a port of the loopback address.</summary>
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

    private MlHubServer(WebApplication application, InMemoryConnections connections, ApiKeys keys, string apiKey)
    {
        _application = application;
        _connections = connections;
        _keys = keys;
        ApiKey = apiKey;
        RootUrl = new Uri(new Uri(application.Urls.Single(url => url.StartsWith("http://127", StringComparison.Ordinal))), HubUrls.RootPath);
    }

    /// <summary>The root of the API, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>.</summary>
    public Uri RootUrl { get; }

    /// <summary>A key that the server accepts: the first of <see cref="MlHubServerOptions.ApiKeys"/>, or the key that it generated.</summary>
    public string ApiKey { get; private set; }

    /// <summary>Completes when the server has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a server on the loopback address. It accepts requests when the task completes.</summary>
    /// <param name="hub">What to serve. The server does not dispose it: several servers may share one.</param>
    /// <param name="options">The options; <see langword="null"/> for a free port and a generated key.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">The options contain an empty key, an invalid port, an invalid public URL or a limit of zero.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<MlHubServer> StartAsync(IHub hub, MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hub);
        options ??= new MlHubServerOptions();
        ThrowIfInvalid(options);
        string[] apiKeys = options.ApiKeys.Count > 0 ? [.. options.ApiKeys] : [Guid.NewGuid().ToString("N")];
        var (connections, keys) = (new InMemoryConnections(), new ApiKeys(apiKeys));
        var application = Build(options, hub, connections, keys);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new MlHubServer(application, connections, keys, apiKeys[0]);
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

    /// <summary>Replaces the keys that the server accepts.</summary>
    /// <param name="apiKeys">One or more keys, none of them empty.</param>
    /// <exception cref="ArgumentException">There is no key, or one is empty.</exception>
    public void RequireKeys(params IReadOnlyList<string> apiKeys)
    {
        ArgumentNullException.ThrowIfNull(apiKeys);
        if (apiKeys.Count == 0 || apiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A server needs at least one API key, and no key may be empty.", nameof(apiKeys));
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

    private static void ThrowIfInvalid(MlHubServerOptions options)
    {
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException($"The port {options.Port} is invalid. Ports are 0 to {IPEndPoint.MaxPort}.", nameof(options));
        }

        if (options.ApiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("An API key must not be empty.", nameof(options));
        }

        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            throw new ArgumentException("The public URL of a server must be an absolute http or https URL without user, query or fragment.", nameof(options));
        }

        var limits = options.Limits;
        if (limits.RequestLineBytes < 1 || limits.HeaderBytes < 1 || limits.HeadersTimeout <= TimeSpan.Zero || limits.Connections < 1 || limits.SearchTimeout <= TimeSpan.Zero || limits.ResponseBytesPerSecond <= 0 || limits.RequestsPerSecond < 1)
        {
            throw new ArgumentException("Each limit of a server must be more than zero.", nameof(options));
        }
    }

    private static WebApplication Build(MlHubServerOptions options, IHub hub, InMemoryConnections connections, ApiKeys keys)
    {
        // The empty builder reads no environment, no files and no arguments, and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Use(FileSender.Use));
            kestrel.Listen(connections.EndPoint);
            Limit(kestrel.Limits, options.Limits);
        });
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(connections);
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        Configure(application, options, hub, keys);
        return application;
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

    private static void Configure(WebApplication application, MlHubServerOptions options, IHub hub, ApiKeys keys)
    {
        HubUrls UrlsOf(HttpContext context) => new(context.Request, options.PublicUrl);
        var log = new RequestLog(options.LoggerFactory ?? NullLoggerFactory.Instance);
        application.Use(RequestPath.ToOriginFormAsync);
        application.Use(log.LogAsync);
        application.Use(new ErrorHandling(log).HandleAsync);
        foreach (var middleware in options.Middleware)
        {
            application.Use(middleware);
        }

        application.Use(new AllowedHosts(options.Hosts, options.PublicUrl).CheckAsync);
        application.Use(RequestPath.RewriteAsync);
        if (options.Limits.RequestsPerSecond is { } perSecond)
        {
            application.Use(new RateLimit(perSecond, keys, options.TimeProvider).LimitAsync);
        }

        application.UseRouting();
        application.Use(RequestPath.DecodeRouteValuesAsync);
        MlHubContract.Map(new ApiEndpoints<MlHubContract>(application, keys, context => new MlHubApi(hub, UrlsOf(context), options.Limits.SearchTimeout)));
        application.MapMethods(
            HubUrls.StoragePath + "{**path}", [HttpMethods.Get, HttpMethods.Head], context => StorageEndpoint.RespondAsync(context, hub, UrlsOf(context)));
    }
}
