using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlHub.Sandbox;

namespace MlHub.Sdk.DependencyInjection.Tests;

public sealed class SandboxTests
{
    [Fact]
    public async Task A_service_in_development_uses_a_sandbox_that_lives_as_long_as_its_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["MlHub:RootUrl"] = "https://hub.example.org/", ["MlHub:ApiKey"] = "not-for-development" });
        await builder.AddMlHubSandboxAsync();
        builder.Services.AddMlHubClient(options => options.Transfer = options.Transfer with { MaxRetries = 0 });
        builder.Services.AddMlHubClient();
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<MlHubClient>();

        Assert.Equal("sandbox_crops_kenya", (await client.Datasets.GetAsync("sandbox_crops_kenya")).Id);

        await host.StopAsync();
        await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("sandbox_crops_kenya"));
    }
}
