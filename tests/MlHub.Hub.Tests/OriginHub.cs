using MlHub.Sandbox;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>The sandbox, from which the tests of a class download, and a client of it.</summary>
public sealed class OriginHub : IAsyncLifetime
{
    private MlHubSandbox? _sandbox;
    private MlHubClient? _client;

    public MlHubClient Client => _client!;

    public async Task InitializeAsync()
    {
        _sandbox = await MlHubSandbox.StartAsync();
        _client = ClientOf(_sandbox);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _sandbox!.DisposeAsync();
    }

    private static MlHubClient ClientOf(MlHubSandbox sandbox) => new(new MlHubClientOptions { RootUrl = sandbox.RootUrl, ApiKey = sandbox.ApiKey });
}
