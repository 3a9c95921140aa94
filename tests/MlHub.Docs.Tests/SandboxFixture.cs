using MlHub.Sandbox;

namespace MlHub.Docs.Tests;

/// <summary>A sandbox server, to which the environment of this process points, and a directory to work in.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private MlHubSandbox? _server;

    /// <summary>The current directory, where examples put their files.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mlhub-docs-").FullName;

    /// <summary>The address of the server, with a trailing slash.</summary>
    public string Address => _server!.RootUrl.GetLeftPart(UriPartial.Authority) + "/";

    public async Task InitializeAsync()
    {
        _server = await MlHubSandbox.StartAsync();
        Environment.CurrentDirectory = Directory;
        Environment.SetEnvironmentVariable("MLHUB_ROOT_URL", _server.RootUrl.AbsoluteUri);
        Environment.SetEnvironmentVariable("MLHUB_API_KEY", _server.ApiKey);
        Environment.SetEnvironmentVariable("MLHUB_HOME", Path.Combine(Directory, "home"));
        Environment.SetEnvironmentVariable("MLHUB_PROFILE", null);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(Directory, "cache"));
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Environment.CurrentDirectory = Path.GetTempPath();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>Tests that use the environment and the current directory, one after the other.</summary>
[CollectionDefinition(nameof(SandboxFixture))]
public sealed class SandboxCollection : ICollectionFixture<SandboxFixture>;
