using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlHub.Sdk.DependencyInjection.Tests;

public sealed class HealthCheckTests : ServiceTest
{
    [Fact]
    public async Task A_hub_that_responds_and_accepts_the_key_is_healthy()
    {
        var entry = await CheckAsync(Settings());

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Contains("accepts the key", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_key_is_unhealthy_and_is_not_shown()
    {
        var entry = await CheckAsync(Settings(("MlHub:ApiKey", "a-wrong-key-0123456789")));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("refused", entry.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-key-0123456789", entry.Description + entry.Exception, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_unhealthy()
    {
        var entry = await CheckAsync(Settings(("MlHub:RootUrl", "http://127.0.0.1:1/"), ("MlHub:Transfer:MaxRetries", "0")));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("127.0.0.1:1", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_a_key_checks_only_public_operations()
    {
        var entry = await CheckAsync(Settings(("MlHub:ApiKey", null), ("MlHub:Profile", "__anonymous__")));

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.All(Hub.Requests, request => Assert.EndsWith("/datasets", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_no_hub_is_unhealthy()
    {
        var entry = await CheckAsync(Settings(("MlHub:RootUrl", new Uri(Hub.RootUrl, "/").AbsoluteUri)));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("there is no MLHub at the root URL", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_beside_the_anonymous_profile_is_sent_and_checked()
    {
        var entry = await CheckAsync(Settings(("MlHub:ApiKey", "a-wrong-key-0123456789"), ("MlHub:Profile", "__anonymous__")));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
    }

    [Fact]
    public async Task A_named_client_has_its_own_check()
    {
        using var host = Host(Settings(("Other:RootUrl", Hub.RootUrl.ToString()), ("Other:ApiKey", Hub.ApiKey)), services =>
        {
            services.AddLogging();
            services.AddMlHubClient("Other");
            services.AddHealthChecks().AddMlHubHealthCheck("Other");
        });
        await host.StartAsync();

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Healthy, report.Entries["mlhub:Other"].Status);
    }

    private static async Task<HealthReportEntry> CheckAsync(Dictionary<string, string?> settings)
    {
        using var host = Host(settings, services =>
        {
            services.AddLogging();
            services.AddMlHubClient();
            services.AddHealthChecks().AddMlHubHealthCheck();
        });
        await host.StartAsync();
        return (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["mlhub"];
    }
}
