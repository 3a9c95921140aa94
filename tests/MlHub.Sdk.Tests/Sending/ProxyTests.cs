using System.Net;
using MlHub.Sandbox;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>Alone, because a proxy belongs to the whole process.</summary>
[Collection(nameof(ProxyTests))]
public sealed class ProxyTests
{
    [Fact]
    public async Task A_request_to_this_machine_bypasses_the_proxy()
    {
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://127.0.0.1:9");
        try
        {
            await using var hub = await MlHubSandbox.StartAsync();
            using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });

            Assert.NotEmpty(await client.Datasets.ListAsync().ToListAsync());
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [CollectionDefinition(nameof(ProxyTests), DisableParallelization = true)]
    public sealed class Alone;
}
