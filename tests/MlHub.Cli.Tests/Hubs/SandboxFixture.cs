using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Cli.Tests;

/// <summary>One sandbox for all tests that only read.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private DescribedServer? _server;

    internal const string Dataset = SandboxHub.FirstDatasetId;

    /// <summary>A dataset of two collections, one of which has no archive.</summary>
    internal const string HalfDataset = "sandbox_storms_pacific";

    internal Uri RootUrl => _server!.RootUrl;

    public async Task InitializeAsync() => _server = await DescribedServer.StartAsync(new MlHubServerOptions { ApiKeys = [Mlhub.Key] });

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    internal Task<Outcome> RunAsync(params string[] args) => RunAsync(Mlhub.Pipe, args);

    internal Task<Outcome> RunAsync(CommandEnvironment environment, params string[] args) =>
        Mlhub.RunAsync(environment, [.. args, "--root-url", RootUrl.AbsoluteUri, "--api-key", Mlhub.Key]);

    /// <summary>Text without the port, which differs from run to run.</summary>
    internal string WithoutPort(string text) => text.Replace($":{RootUrl.Port}/", ":PORT/", StringComparison.Ordinal);
}
