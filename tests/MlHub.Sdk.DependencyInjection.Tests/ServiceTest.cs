using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlHub.Sandbox;

namespace MlHub.Sdk.DependencyInjection.Tests;

/// <summary>A service with a sandbox for its hub, and settings of its own only.</summary>
public abstract class ServiceTest : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("mlhub-di-").FullName;

    protected MlHubSandbox Hub { get; private set; } = null!;

    protected string Output => _home;

    public async Task InitializeAsync() => Hub = await MlHubSandbox.StartAsync();

    public async Task DisposeAsync()
    {
        await Hub.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>The settings that reach the sandbox, and those given. A value of null takes a setting away.</summary>
    protected Dictionary<string, string?> Settings(params (string Name, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["MlHub:RootUrl"] = Hub.RootUrl.ToString(),
            ["MlHub:ApiKey"] = Hub.ApiKey,
            ["MlHub:Home"] = _home,
            ["MlHub:Transfer:RetryBaseDelay"] = "00:00:00",
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return settings.Where(setting => setting.Value is not null).ToDictionary();
    }

    protected static IHost Host(Dictionary<string, string?> settings, Action<IServiceCollection> add)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        add(builder.Services);
        return builder.Build();
    }

    protected static async Task<int> CountAsync(MlHubClient client)
    {
        var count = 0;
        await foreach (var _ in client.Datasets.ListAsync())
        {
            count++;
        }

        return count;
    }
}
