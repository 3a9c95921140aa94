using System.Net;
using System.Text.Json;
using MlHub.Sandbox;
using MlHub.Sdk;
using NSubstitute;
using Snapshooter.Xunit;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples of docs/testing.md.</summary>
public sealed class TestingExamples
{
    [Fact]
    public async Task The_newest_item_is_found()
    {
        var hub = Substitute.For<MlHubClient>();
        var collections = Substitute.For<CollectionsClient>();
        hub.Collections.Returns(collections);
        collections.ListItemsAsync("crops", Arg.Any<ItemQuery>(), Arg.Any<CancellationToken>()).Returns(new[]
        {
            Item.FromJson(JsonSerializer.Deserialize<JsonElement>("""{ "id": "may", "properties": { "datetime": "2019-05-01T00:00:00Z" } }""")),
            Item.FromJson(JsonSerializer.Deserialize<JsonElement>("""{ "id": "june", "properties": { "datetime": "2019-06-01T00:00:00Z" } }""")),
        }.ToAsyncEnumerable());

        Assert.Equal("june", await new Newest(hub).ItemOfAsync("crops"));
    }

    [Fact]
    public async Task A_collection_without_items_has_no_newest_one()
    {
        Assert.Null(await new Newest(new EmptyHub()).ItemOfAsync("crops"));
    }

    private sealed class EmptyHub : MlHubClient
    {
        public override CollectionsClient Collections { get; } = new NoItems();

        private sealed class NoItems : CollectionsClient
        {
            public override IAsyncEnumerable<Item> ListItemsAsync(string collectionId, ItemQuery? query = null, CancellationToken cancellationToken = default) =>
                AsyncEnumerable.Empty<Item>();
        }
    }

    [Fact]
    public async Task A_hub_that_is_busy_for_a_moment_is_asked_again()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
        hub.FailNext(503, times: 1, retryAfter: TimeSpan.Zero);

        Assert.NotNull(await new Newest(client).ItemOfAsync("sandbox_crops_kenya_s2"));

        Assert.Equal(4, hub.Requests.Count);   // the one that failed, and three pages
    }

    [Fact]
    public async Task A_refused_key_reaches_the_caller()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = "old" }, hub.CreateHandler());

        var error = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => new Newest(client).ItemOfAsync("sandbox_crops_kenya_s2"));

        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
    }

    [Fact]
    public async Task The_report_is_as_reviewed()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });

        var report = new
        {
            Newest = await new Newest(client).ItemOfAsync("sandbox_crops_kenya_s2"),
            Asked = hub.Requests.Select(request => $"{request.Method} {request.Path}{request.Query}"),
        };

        Snapshot.Match(report, "newest-item");
    }
}

/// <summary>The code that is tested.</summary>
public sealed class Newest(MlHubClient hub)
{
    /// <summary>The id of the newest item of a collection. Null if it has no items.</summary>
    public async Task<string?> ItemOfAsync(string collection)
    {
        var items = await hub.Collections.ListItemsAsync(collection).ToListAsync();
        return items.MaxBy(item => item.Time?.Start)?.Id;
    }
}
