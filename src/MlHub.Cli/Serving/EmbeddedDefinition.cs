using System.Runtime.CompilerServices;
using MlHub.Hub;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The hub of <c>--hub</c>, on a free port of this machine, for the duration of one command.</summary>
/// <remarks>ASP.NET Core is loaded only when the hub starts, so that other commands start fast.</remarks>
internal sealed class EmbeddedDefinition : IAsyncDisposable
{
    // A command should not list thousands of pages each time. "mlhub serve --hub" always asks.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly DefinedHub _hub;
    private readonly MlHubServer _server;

    private EmbeddedDefinition(DefinedHub hub, MlHubServer server) => (_hub, _server) = (hub, server);

    public Uri RootUrl => _server.RootUrl;

    public string ApiKey => _server.ApiKey;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<EmbeddedDefinition> StartAsync(CommandRun run, string name, CancellationToken cancellationToken)
    {
        var hub = await HubChoice.OpenAsync(run, name, new DefinedHubOptions { MaxAge = MaxAge }, cancellationToken).ConfigureAwait(false);
        try
        {
            // The key is removed from messages, so it must not occur in other text by chance.
            var options = new MlHubServerOptions { ApiKeys = [Guid.NewGuid().ToString("N")] };
            return new EmbeddedDefinition(hub, await MlHubServer.StartAsync(hub, options, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _hub.DisposeAsync().ConfigureAwait(false);
    }
}
