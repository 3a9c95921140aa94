using System.Net;

namespace MlHub.Sdk.Tests.Paging;

public sealed class PagingTests
{
    private const string Items = "collections/c/items";

    [Fact]
    public async Task Generation_A_ends_with_an_empty_page()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1"), Json.Item("2")], "https://hub.example/mlhub/v1/collections/c/items?next=abc&limit=2"))
            .Answers($"{Items}?next=abc&limit=2", Json.Page([Json.Item("3")], "https://hub.example/mlhub/v1/collections/c/items?next=def&limit=2"))
            .Answers($"{Items}?next=def&limit=2", Json.Page([]));
        using var client = hub.Client();

        var items = await client.Collections.ListItemsAsync("c", new ItemQuery { Limit = null }).ToListAsync();

        Assert.Equal(["1", "2", "3"], items.Select(item => item.Id));
        Assert.Equal(3, hub.Requests.Count);
    }

    [Fact]
    public async Task An_empty_page_ends_the_list_even_with_a_next_link()
    {
        var hub = new FakeHub().Answers(Items, Json.Page([], "https://hub.example/mlhub/v1/collections/c/items?next=abc"));
        using var client = hub.Client();

        Assert.Empty(await client.Collections.ListItemsAsync("c").ToListAsync());
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Relative_links_are_followed_from_the_page_that_holds_them()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "items?token=next%3A1"))
            .Answers($"{Items}?token=next%3A1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync());
    }

    [Theory]
    [InlineData("https://hub.example/mlhub/v1/collections/c/items")]
    [InlineData("?token=next:1")]
    public async Task A_link_that_repeats_is_an_error(string next)
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "?token=next:1"))
            .Answers($"{Items}?token=next:1", Json.Page([Json.Item("2")], next));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Contains("has been visited before", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Theory]
    [InlineData("https://evil.example/mlhub/v1/collections/c/items?token=1")]
    [InlineData("https://hub.example:444/mlhub/v1/collections/c/items?token=1")]
    [InlineData("//evil.example/mlhub/v1/collections/c/items")]
    public async Task A_link_that_leaves_the_host_is_refused(string next)
    {
        var hub = new FakeHub().Answers(Items, Json.Page([Json.Item("1")], next));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Contains("it leaves hub.example", e.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task A_plain_http_link_to_the_same_host_is_followed_over_https()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "http://hub.example/mlhub/v1/collections/c/items?token=next:1"))
            .Answers($"{Items}?token=next:1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.All(hub.Requests, url => Assert.Equal("https", url.Scheme));
    }

    [Fact]
    public async Task No_page_is_fetched_before_it_is_needed()
    {
        var hub = new FakeHub()
            .Answers($"{Items}?limit=2", Json.Page([Json.Item("1"), Json.Item("2")], "?token=next:2"));
        using var client = hub.Client();

        var items = await client.Collections.ListItemsAsync("c", new ItemQuery { Limit = 2, PageSize = 2 }).ToListAsync();

        Assert.Equal(2, items.Count);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Raw_pages_come_whole()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "?token=next:1"))
            .Answers($"{Items}?token=next:1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        var pages = await client.PaginateAsync($"/{Items}").ToListAsync();

        Assert.Equal(["1", "2"], pages.Select(page => page.GetProperty("features")[0].GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_failure_in_the_middle_reaches_the_caller_after_the_items_before_it()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "?token=next:1"))
            .Answers($"{Items}?token=next:1", "gone", HttpStatusCode.Gone);
        using var client = hub.Client();
        var seen = new List<string>();

        await Assert.ThrowsAsync<MlHubException>(async () =>
        {
            await foreach (var item in client.Collections.ListItemsAsync("c"))
            {
                seen.Add(item.Id);
            }
        });

        Assert.Equal(["1"], seen);
    }
}
