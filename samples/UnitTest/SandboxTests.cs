using MlHub.Sandbox;
using MlHub.Sdk;

namespace MlHub.Samples.UnitTest;

/// <summary>The same code against a sandbox hub, which is a real server in this process.</summary>
public sealed class SandboxTests
{
    [Fact]
    public async Task The_datasets_of_a_topic_are_found_though_the_hub_is_busy_at_first()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
        hub.FailNext(503, retryAfter: TimeSpan.Zero);

        Assert.Equal(["Sandbox Flood Extent, Bangladesh"], await new Catalogue(client).TitlesAsync("flood"));
    }
}
