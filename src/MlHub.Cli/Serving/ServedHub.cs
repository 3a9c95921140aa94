using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The server of <c>mlhub serve</c>: of the sandbox, or of a hub that is opened after the server has started.</summary>
internal sealed class ServedHub : IAsyncDisposable
{
    private readonly TaskCompletionSource<IHub> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IAsyncDisposable> _open = [];
    private Func<CancellationToken, Task> _stop = _ => Task.CompletedTask;

    private ServedHub()
    {
    }

    /// <summary>The root of the API for clients.</summary>
    public Uri RootUrl { get; private set; } = null!;

    public string ApiKey { get; private set; } = "";

    public static async Task<ServedHub> OfSandboxAsync(MlHubServerOptions options, CancellationToken cancellationToken)
    {
        var sandbox = await MlHubSandbox.StartAsync(options, cancellationToken).ConfigureAwait(false);
        return new ServedHub { RootUrl = sandbox.ExternalRootUrl, ApiKey = sandbox.ApiKey, _stop = sandbox.StopAsync, _open = { sandbox } };
    }

    /// <summary>Starts a server that is alive but not ready until <see cref="Open"/>, so that probes wait for the index and do not kill the process.</summary>
    public static async Task<ServedHub> StartAsync(MlHubServerOptions options, CancellationToken cancellationToken)
    {
        var served = new ServedHub();
        var server = await MlHubServer.StartBeforeHubAsync(served._opening.Task, options, cancellationToken).ConfigureAwait(false);
        (served.RootUrl, served.ApiKey, served._stop) = (server.ExternalRootUrl, server.ApiKey, server.StopAsync);
        served._open.Add(server);
        return served;
    }

    /// <summary>Serves a hub. It is disposed after the server.</summary>
    public void Open<THub>(THub hub)
        where THub : IHub, IAsyncDisposable
    {
        _open.Add(hub);
        _opening.SetResult(hub);
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
