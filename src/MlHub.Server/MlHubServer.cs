using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Server;

/// <summary>
/// An MLHub API on a port of the loopback address, in this process: the sandbox, or any other <see cref="IHub"/>.
/// </summary>
/// <remarks>
/// It implements the API of the service of 2022. Any number of servers can run in one process. Each is independent of the environment, of
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
    /// The key that a server accepts if its options name none: <c>sandbox-key</c>. No id and no text of the sandbox contains it, so that a search for
    /// it finds only leaks.
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

    /// <summary>Starts a server on the loopback address. It answers requests when the task completes.</summary>
    /// <param name="options">The options; <see langword="null"/> serves the sandbox on a free port.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options name no key, an empty key, or a port that does not exist.</exception>
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

    /// <summary>Stops the server at once. Open transfers are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        // A cancelled token tells the host not to wait for open requests.
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
            throw new ArgumentException($"The port {options.Port} does not exist. Ports are 0 to {IPEndPoint.MaxPort}.", nameof(options));
        }

        if (options.ApiKeys.Count == 0 || options.ApiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A server needs at least one API key, and no key may be empty.", nameof(options));
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
        });
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton(hub);
        builder.Services.AddSingleton(new ApiKeys(options.ApiKeys));
        builder.Services.AddRouting();
        builder.Services.AddMvcCore(mvc => mvc.Filters.Add(new UnparsedParameterFilter()))
            .ConfigureApplicationPartManager(parts =>
            {
                parts.ApplicationParts.Clear();
                parts.FeatureProviders.Clear();
                parts.FeatureProviders.Add(new OnlyController());
            });
        var application = builder.Build();
        Configure(application, options, hub);
        return application;
    }

    private static void Configure(WebApplication application, MlHubServerOptions options, IHub hub)
    {
        var log = new RequestLog(options.LoggerFactory ?? NullLoggerFactory.Instance);
        application.Use(log.FollowAsync);
        application.Use(new Failures(log).TellAsync);
        application.Use(RequestPath.RewriteAsync);
        application.UseRouting();
        application.Use(RequestPath.DecodeRouteValuesAsync);
        application.MapControllers();
        application.MapMethods(HubUrls.RootPath, [HttpMethods.Get], context => Landing.AnswerAsync(context, hub));
        application.MapMethods(
            HubUrls.StoragePath + "{**path}", [HttpMethods.Get, HttpMethods.Head], context => StorageEndpoint.AnswerAsync(context, hub));
    }

    /// <summary>Names the controller, so that the host does not search every assembly for public ones.</summary>
    private sealed class OnlyController : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) =>
            feature.Controllers.Add(typeof(MlHubController).GetTypeInfo());
    }
}
