using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
    /// <summary>The key that a server accepts when its options name none: <c>sandbox</c>.</summary>
    public const string DefaultApiKey = "sandbox";

    private readonly WebApplication _application;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MlHubServer(WebApplication application, IHub hub, string apiKey)
    {
        _application = application;
        Hub = hub;
        ApiKey = apiKey;
        RootUrl = new Uri(new Uri(application.Urls.Single()), "/mlhub/v1/");
    }

    /// <summary>The root of the API, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>.</summary>
    public Uri RootUrl { get; }

    /// <summary>A key that the server accepts: the first of <see cref="MlHubServerOptions.ApiKeys"/>.</summary>
    public string ApiKey { get; }

    /// <summary>What is served.</summary>
    public IHub Hub { get; }

    /// <summary>Completes when the server has stopped, whoever stopped it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a server on the loopback address; it answers when the task completes.</summary>
    /// <param name="options">What to serve, where and to whom; <see langword="null"/> for the sandbox on a free port.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options name no key, an empty key, or a port that does not exist.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MlHubServer> StartAsync(MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MlHubServerOptions();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, 65535, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port, nameof(options));
        var hub = options.Hub ?? new SandboxHub();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, options.Port));
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        var application = builder.Build();
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        return new MlHubServer(application, hub, options.ApiKeys[0]);
    }

    /// <summary>Stops the server at once: transfers that are open are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }
}
