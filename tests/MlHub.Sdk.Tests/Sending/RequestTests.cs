using Snapshooter.Xunit;

namespace MlHub.Sdk.Tests.Sending;

public sealed class RequestTests
{
    /// <summary>Every call of the client as it leaves the machine, the key and the versions aside.</summary>
    [Fact]
    public async Task Requests_match_the_reviewed_snapshot()
    {
        var hub = new FakeHub();
        using var client = hub.Client(key: "k");

        await Try(client.Datasets.ListAsync(new DatasetQuery { Tags = ["a", "b c"], Text = ["d"] }).CountAsync().AsTask());
        await Try(client.Datasets.GetByIdAsync("a/b"));
        await Try(client.Datasets.GetByDoiAsync("10.9999/crops-1"));
        await Try(client.Collections.ListAsync().CountAsync().AsTask());
        await Try(client.Collections.GetAsync("c"));
        await Try(client.Collections.ListItemsAsync("c", new ItemQuery { PageSize = 30, Extensions = ["eo", "label"] }).CountAsync().AsTask());
        await Try(client.Collections.GetItemAsync("c", "i?1"));
        await Try(client.Archives.GetInfoAsync("c"));
        await Try(client.Archives.DownloadAsync("c", Path.GetTempPath()));
        await Try(client.Catalogs.GetInfoAsync("d"));
        await Try(client.Catalogs.DownloadAsync("d", Path.GetTempPath()));
        await Try(client.Models.ListAsync().CountAsync().AsTask());
        await Try(client.Models.GetAsync("m"));
        await Try(client.GetJsonAsync("/anything?x=1"));

        string.Join('\n', hub.Messages.Select(Describe)).MatchSnapshot();
    }

    private static async Task Try(Task request) => await Assert.ThrowsAnyAsync<MlHubException>(() => request);

    private static string Describe(HttpRequestMessage request)
    {
        var headers = request.Headers.NonValidated
            .Where(header => header.Key != "User-Agent")
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"  {header.Key}: {string.Join(", ", header.Value)}");
        return $"{request.Method} {request.RequestUri!.AbsoluteUri}\n{string.Join('\n', headers)}";
    }
}
