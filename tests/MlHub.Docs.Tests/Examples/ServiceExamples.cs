using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using MlHub.Sandbox;
using MlHub.Sdk;
using Polly;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples of docs/services.md.</summary>
public sealed class ServiceExamples
{
    [Fact]
    public void Settings_from_a_section_and_from_code()
    {
        var services = new ServiceCollection();
        var configuration = Configuration();

        services.AddMlHubClient(configuration.GetSection("Hubs:Training"));
        services.AddMlHubClient(options => options.ApplicationName = "my-service/1.2");

        using var provider = services.BuildServiceProvider();
        Assert.Equal("hub.example.org", provider.GetRequiredService<MlHubClient>().RootUrl.Host);
    }

    [Fact]
    public void A_client_with_a_name()
    {
        var services = new ServiceCollection();
        var configuration = Configuration();

        services.AddMlHubClient("staging", configuration.GetSection("Hubs:Staging"));
        services.AddSingleton(provider => new Mirror(provider.GetRequiredKeyedService<MlHubClient>("staging")));

        using var provider = services.BuildServiceProvider();
        Assert.Equal("staging.example.org", provider.GetRequiredService<Mirror>().Hub.RootUrl.Host);
    }

    [Fact]
    public void Adjusted_connections()
    {
        var services = new ServiceCollection();

        services.AddMlHubClient()
            .ConfigureHttpClient(http => http.DefaultRequestHeaders.Add("X-Team", "maps"))
            .AddHttpMessageHandler(provider => new CountingHandler())
            .AddResilience((pipeline, _) => pipeline
                .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 2 })
                .AddTimeout(TimeSpan.FromSeconds(10)));

        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<MlHubClient>());
    }

    [Fact]
    public async Task A_sandbox_in_development()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });

        if (builder.Environment.IsDevelopment())
            await builder.AddMlHubSandboxAsync();

        Assert.StartsWith("http://127.0.0.1:", builder.Configuration["MlHub:RootUrl"], StringComparison.Ordinal);
        await builder.Services.BuildServiceProvider().GetRequiredService<MlHubSandbox>().DisposeAsync();
    }

    private static IConfiguration Configuration() => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Hubs:Training:RootUrl"] = "https://hub.example.org/mlhub/v1/",
        ["Hubs:Training:Profile"] = MlHubSettings.AnonymousProfile,
        ["Hubs:Staging:RootUrl"] = "https://staging.example.org/mlhub/v1/",
        ["Hubs:Staging:Profile"] = MlHubSettings.AnonymousProfile,
    }).Build();

    private sealed record Mirror(MlHubClient Hub);

    private sealed class CountingHandler : DelegatingHandler;
}
