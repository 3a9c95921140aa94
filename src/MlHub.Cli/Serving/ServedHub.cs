using MlHub.Hub;
using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The server of <c>mlhub serve</c>: of the sandbox, of a directory, or of a hub definition.</summary>
internal sealed class ServedHub : IAsyncDisposable
{
    private readonly IAsyncDisposable[] _open;
    private readonly Func<CancellationToken, Task> _stop;

    private ServedHub(Uri rootUrl, string apiKey, Func<CancellationToken, Task> stop, params IAsyncDisposable[] open)
    {
        (RootUrl, ApiKey, _stop, _open) = (rootUrl, apiKey, stop, open);
    }

    public Uri RootUrl { get; }

    public string ApiKey { get; }

    public static async Task<ServedHub> OfSandboxAsync(MlHubServerOptions options, CancellationToken cancellationToken)
    {
        var sandbox = await MlHubSandbox.StartAsync(options, cancellationToken).ConfigureAwait(false);
        return new ServedHub(sandbox.RootUrl, sandbox.ApiKey, sandbox.StopAsync, sandbox);
    }

    /// <param name="hub">The directory or the definition. It is disposed with the server.</param>
    /// <param name="options">The options of the server.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<ServedHub> OfIndexAsync(IndexedHub hub, MlHubServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var server = await MlHubServer.StartAsync(hub, options, cancellationToken).ConfigureAwait(false);
            return new ServedHub(server.RootUrl, server.ApiKey, server.StopAsync, server, hub);
        }
        catch
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the server. Responses in progress may finish until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _stop(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open)
        {
            await open.DisposeAsync().ConfigureAwait(false);
        }
    }
}
