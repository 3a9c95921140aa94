using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>A real nginx before two services: whatever an id or a redirect holds, the key never reaches the one beside the hub.</summary>
public sealed class NginxRootTests(Nginx nginx) : IClassFixture<Nginx>, IDisposable
{
    private const string Key = "k3y-of-the-hub";
    private readonly string _output = Directory.CreateTempSubdirectory("mlhub-").FullName;

    public void Dispose() => Directory.Delete(_output, recursive: true);

    /// <summary>That nginx decodes is what makes the other tests mean something.</summary>
    [NginxFact]
    public async Task An_encoded_parent_segment_leads_to_another_service_in_nginx()
    {
        using var http = new HttpClient();

        var answer = await http.GetStringAsync(new Uri($"{nginx.Root}mlhub/v1/..%2f..%2fother/x"));

        Assert.Contains("of another service", answer, StringComparison.Ordinal);
    }

    [NginxTheory]
    [InlineData("../../../other/x")]
    [InlineData("..%2f..%2f..%2fother/x")]
    [InlineData("%2e%2e/%2e%2e/%2e%2e/other/x")]
    [InlineData("..\\..\\..\\other\\x")]
    [InlineData("..")]
    [InlineData(".")]
    public async Task An_id_does_not_send_the_key_to_the_other_service(string id)
    {
        using var client = Client();
        await client.Datasets.GetByIdAsync("crops");

        foreach (var ask in (Func<Task>[])
        [
            () => client.Datasets.GetByIdAsync(id),
            () => client.Datasets.GetByDoiAsync($"10.1/{id}/{id}"),
            () => client.Collections.GetItemAsync(id, id),
            () => client.Collections.ListItemsAsync(id).CountAsync().AsTask(),
            () => client.Archives.DownloadAsync(id, _output, new DownloadOptions { AllowPages = true }),
            () => client.GetJsonAsync(id),
            () => client.GetJsonAsync($"datasets/{id}"),
            () => client.GetJsonAsync($"{nginx.Root}mlhub/v1/datasets/{id}"),
        ])
        {
            // Whether it is found, refused or odd does not matter here.
            _ = await Record.ExceptionAsync(ask);
        }

        await AssertOnlyTheHubHasSeenTheKeyAsync();
    }

    [NginxFact]
    public async Task A_redirect_does_not_send_the_key_to_the_other_service()
    {
        using var client = Client();

        var dataset = await client.Datasets.GetByIdAsync("moved");

        Assert.Equal("of another service", dataset.Id);
        await AssertOnlyTheHubHasSeenTheKeyAsync();
    }

    private MlHubClient Client() => new(new MlHubClientOptions
    {
        ApiKey = Key,
        RootUrl = new Uri(nginx.Root, "mlhub/v1"),
        Home = _output,
        Transfer = new TransferOptions { MaxRetries = 0 },
    });

    private async Task AssertOnlyTheHubHasSeenTheKeyAsync()
    {
        var requests = await nginx.RequestsAsync();
        Assert.Contains(requests, request => request.Uri.Contains(Key, StringComparison.Ordinal) && request.Path.StartsWith("/mlhub/v1/", StringComparison.Ordinal));
        Assert.All(requests, request => Assert.True(!request.Uri.Contains(Key, StringComparison.Ordinal) || request.Path.StartsWith("/mlhub/v1", StringComparison.Ordinal), request.Uri));
    }
}
