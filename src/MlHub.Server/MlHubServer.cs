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

/// <summary>An MLHub API over an <see cref="IHub"/>, on a port of the loopback address, in this process.</summary>
/// <remarks>
/// It implements the API of the service of 2022. Any number of servers can run in one process. Each is independent of the environment, of
/// the current directory and of the console. <see cref="MlHubServerLimits"/> tells what a client gets at most.
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

    /// <summary>A key that the server accepts: the first of <see cref="MlHubServerOptions.ApiKeys"/>, or the one that it made up.</summary>
    public string ApiKey { get; private set; }

    /// <summary>Completes when the server has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a server on the loopback address. It answers requests when the task completes.</summary>
    /// <param name="hub">What to serve. The server does not dispose it: several servers may share one.</param>
    /// <param name="options">Where and to whom; <see langword="null"/> for a free port and a key that is made up.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options contain an empty key, a port that does not exist, an unusable public URL or a limit of zero.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MlHubServer> StartAsync(IHub hub, MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hub);
        options ??= new MlHubServerOptions();
        ThrowIfUnusable(options);
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
    /// Sends requests to this server in memory, without a socket. The URL of a request may name any host, with the scheme <c>http</c>. The handler follows no redirects
    /// and decompresses nothing. Dispose it, or the client that owns it.
    /// </summary>
    /// <returns>A new handler. Any number of them can be used at once. After the server has stopped, a request is an <see cref="HttpRequestException"/>.</returns>
    public HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectCallback = (_, _) => new ValueTask<Stream>(_connections.Connect()),
    };

    /// <summary>From now on the server accepts these keys and no others.</summary>
    /// <param name="apiKeys">One key or more, none of them empty.</param>
    /// <exception cref="ArgumentException">There is none, or an empty one.</exception>
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

    /// <summary>Stops the server: no new request is taken, and the answers that are under way may finish.</summary>
    /// <param name="cancellationToken">When it is cancelled, the answers that are still under way are cut off.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _application.StopAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the server at once. Open transfers are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        // A cancelled token tells the host not to wait for open requests.
        await _application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }

    private static void ThrowIfUnusable(MlHubServerOptions options)
    {
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException($"The port {options.Port} does not exist. Ports are 0 to {IPEndPoint.MaxPort}.", nameof(options));
        }

        if (options.ApiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("An API key of a server is not empty.", nameof(options));
        }

        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            throw new ArgumentException("The public URL of a server is an absolute http or https URL without user, query and fragment.", nameof(options));
        }

        var limits = options.Limits;
        if (limits.RequestLineBytes < 1 || limits.HeaderBytes < 1 || limits.HeadersTimeout <= TimeSpan.Zero || limits.Connections < 1 || limits.ResponseBytesPerSecond <= 0 || limits.RequestsPerSecond < 1)
        {
            throw new ArgumentException("Each limit of a server is more than zero.", nameof(options));
        }
    }

    private static WebApplication Build(MlHubServerOptions options, IHub hub, InMemoryConnections connections, ApiKeys keys)
    {
        // The empty builder reads no environment, no files and no arguments, and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
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

        // What a client that reads slowly, or not at all, makes the server hold. It is more than one buffer of a file, so that the next one is read while this one is sent.
        kestrel.MaxResponseBufferSize = 256 * 1024;

        // No operation takes a body.
        kestrel.MaxRequestBodySize = 0;
    }

    private static void Configure(WebApplication application, MlHubServerOptions options, IHub hub, ApiKeys keys)
    {
        HubUrls UrlsOf(HttpContext context) => new(context.Request, options.PublicUrl);
        var log = new RequestLog(options.LoggerFactory ?? NullLoggerFactory.Instance);
        application.Use(RequestPath.ToOriginFormAsync);
        application.Use(log.FollowAsync);
        application.Use(new Failures(log).TellAsync);
        foreach (var middleware in options.Middleware)
        {
            application.Use(middleware);
        }

        application.Use(new KnownHosts(options.Hosts, options.PublicUrl).CheckAsync);
        application.Use(RequestPath.RewriteAsync);
        if (options.Limits.RequestsPerSecond is { } perSecond)
        {
            application.Use(new RequestRate(perSecond, keys, options.TimeProvider).LimitAsync);
        }

        application.UseRouting();
        application.Use(RequestPath.DecodeRouteValuesAsync);
        MlHubContract.Map(new ApiEndpoints<MlHubContract>(application, keys, context => new MlHubApi(hub, UrlsOf(context))));
        application.MapMethods(HubUrls.RootPath, [HttpMethods.Get], context => Landing.AnswerAsync(context, hub, UrlsOf(context)));
        application.MapMethods(
            HubUrls.StoragePath + "{**path}", [HttpMethods.Get, HttpMethods.Head], context => StorageEndpoint.AnswerAsync(context, hub, UrlsOf(context)));
    }
}
