using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Server;

/// <summary>
/// An MLHub API on a port of the loopback address, in this process: the sandbox, or any other <see cref="IHub"/>.
/// </summary>
/// <remarks>
/// It speaks the API as the service of 2022 did. Any number of servers run side by side in one process; each is independent of the environment, of
/// the current directory and of the console.
/// </remarks>
/// <example>
/// <code>
/// await using var hub = await MlHubServer.StartAsync();
/// using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
/// </code>
/// </example>
public sealed class MlHubServer : IAsyncDisposable
{
    /// <summary>
    /// The key that a server accepts when its options name none: <c>sandbox-key</c>, which no id and no text of the sandbox holds, so that a search for
    /// it finds nothing but leaks.
    /// </summary>
    public const string DefaultApiKey = "sandbox-key";

    private readonly WebApplication _application;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsHub;

    private MlHubServer(WebApplication application, IHub hub, bool ownsHub, string apiKey)
    {
        _application = application;
        _ownsHub = ownsHub;
        Hub = hub;
        ApiKey = apiKey;
        RootUrl = new Uri(new Uri(application.Urls.Single()), HubUrls.RootPath);
    }

    /// <summary>The root of the API, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>.</summary>
    public Uri RootUrl { get; }

    /// <summary>A key that the server accepts: the first of <see cref="MlHubServerOptions.ApiKeys"/>.</summary>
    public string ApiKey { get; }

    /// <summary>What is served.</summary>
    public IHub Hub { get; }

    /// <summary>Completes when the server has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a server on the loopback address; it answers when the task completes.</summary>
    /// <param name="options">What to serve, where and to whom; <see langword="null"/> for the sandbox on a free port.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options name no key, an empty key, a port that does not exist, or a limit of zero.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MlHubServer> StartAsync(MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MlHubServerOptions();
        ThrowIfUnusable(options);
        var hub = options.Hub ?? new SandboxHub();
        var application = Build(options, hub);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new MlHubServer(application, hub, ownsHub: options.Hub is null, options.ApiKeys[0]);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the server: no new request is taken, and the answers that are under way may finish.</summary>
    /// <param name="cancellationToken">When it is cancelled, the answers that are still under way are cut off.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _application.StopAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the server at once: transfers that are open are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        // A token that is cancelled already tells the host not to wait for the requests in hand.
        await _application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        if (_ownsHub)
        {
            await Hub.DisposeAsync().ConfigureAwait(false);
        }

        _completion.TrySetResult();
    }

    private static void ThrowIfUnusable(MlHubServerOptions options)
    {
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException($"The port {options.Port} does not exist: it is 0 to {IPEndPoint.MaxPort}.", nameof(options));
        }

        if (options.ApiKeys.Count == 0 || options.ApiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A server needs one API key or more, none of them empty.", nameof(options));
        }

        var limits = options.Limits;
        if (limits.RequestLineBytes < 1 || limits.HeaderBytes < 1 || limits.HeadersTimeout <= TimeSpan.Zero || limits.Connections < 1 || limits.ResponseBytesPerSecond <= 0 || limits.RequestsPerSecond < 1)
        {
            throw new ArgumentException("Each limit of a server is more than zero.", nameof(options));
        }
    }

    private static WebApplication Build(MlHubServerOptions options, IHub hub)
    {
        // The empty builder reads no environment, no files and no arguments, and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            Limit(kestrel.Limits, options.Limits);
        });
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        Configure(application, options, hub);
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

        // No operation takes a body.
        kestrel.MaxRequestBodySize = 0;
    }

    private static void Configure(WebApplication application, MlHubServerOptions options, IHub hub)
    {
        var log = new RequestLog(options.LoggerFactory ?? NullLoggerFactory.Instance);
        var keys = new ApiKeys(options.ApiKeys);
        application.Use(log.FollowAsync);
        application.Use(new Failures(log).TellAsync);
        application.Use(new KnownHosts(options.Hosts).CheckAsync);
        application.Use(RequestPath.RewriteAsync);
        if (options.Limits.RequestsPerSecond is { } perSecond)
        {
            application.Use(new RequestRate(perSecond, keys, options.TimeProvider).LimitAsync);
        }

        application.UseRouting();
        application.Use(RequestPath.DecodeRouteValuesAsync);
        MlHubContract.Map(new ApiEndpoints<MlHubContract>(application, keys, context => new MlHubApi(hub, new HubUrls(context.Request))));
        application.MapMethods(HubUrls.RootPath, [HttpMethods.Get], context => Landing.AnswerAsync(context, hub));
        application.MapMethods(
            HubUrls.StoragePath + "{**path}", [HttpMethods.Get, HttpMethods.Head], context => StorageEndpoint.AnswerAsync(context, hub));
    }
}
