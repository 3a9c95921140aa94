using System.Runtime.CompilerServices;
using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The sandbox of <c>--sandbox</c>, on a free port of this machine, for the duration of one command.</summary>
/// <remarks>ASP.NET Core is loaded only when the sandbox starts, so that other commands start fast.</remarks>
internal sealed class EmbeddedSandbox : IAsyncDisposable
{
    private readonly MlHubSandbox _hub;

    private EmbeddedSandbox(MlHubSandbox hub) => _hub = hub;

    public Uri RootUrl => _hub.RootUrl;

    public string ApiKey => _hub.ApiKey;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<EmbeddedSandbox> StartAsync(CancellationToken cancellationToken)
    {
        // The key is removed from messages, so it must not occur in other text by chance.
        var options = new MlHubServerOptions { ApiKeys = [Guid.NewGuid().ToString("N")] };
        return new EmbeddedSandbox(await MlHubSandbox.StartAsync(options, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
