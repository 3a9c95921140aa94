using System.Net;
using System.Text.Json;

namespace MlHub.Sdk.Tests.Paging;

public sealed class PagingTests
{
    private const string Items = "collections/c/items";

    [Fact]
    public async Task A_list_of_the_2021_API_ends_with_an_empty_page()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1"), Json.Item("2")], "https://hub.example/mlhub/v1/collections/c/items?next=abc&limit=2"))
            .Answers($"{Items}?next=abc&limit=2", Json.Page([Json.Item("3")], "https://hub.example/mlhub/v1/collections/c/items?next=def&limit=2"))
            .Answers($"{Items}?next=def&limit=2", Json.Page([]));
        using var client = hub.Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["1", "2", "3"], items.Select(item => item.Id));
        Assert.Equal(3, hub.Requests.Count);
    }

    [Fact]
    public async Task An_empty_page_with_a_new_link_is_not_the_end()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([], "?token=1"))
            .Answers($"{Items}?token=1", """{"features": null, "links": [{"rel": "next", "href": "?token=2"}]}""")
            .Answers($"{Items}?token=2", Json.Page([Json.Item("1")]));
        using var client = hub.Client();

        Assert.Equal(1, await client.Collections.ListItemsAsync("c").CountAsync());
    }

    // stac-utils/pystac-client#334
    [Theory]
    [InlineData("?token=1")]
    [InlineData("items")]
    public async Task An_empty_page_that_links_to_an_earlier_page_is_the_end(string next)
    {
        var hub = new FakeHub().Answers(Items, Json.Page([Json.Item("1")], "?token=1")).Answers($"{Items}?token=1", Json.Page([], next));
        using var client = hub.Client();

        Assert.Equal(1, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Equal(2, hub.Requests.Count);
    }

    [Fact]
    public async Task Endless_empty_pages_are_an_error()
    {
        var hub = new FakeHub().Answers(Items, Json.Page([], "?token=1"));
        for (var token = 1; token <= 1000; token++)
        {
            hub.Answers($"{Items}?token={token}", Json.Page([], $"?token={token + 1}"));
        }

        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Contains("1000 pages in a row were empty", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rel": "next"}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": null}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": 2}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": "\ud800"}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": "ftp://hub.example/2"}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": "http://"}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": "?page=2", "method": "PUT"}""", "a method other than GET and POST")]
    [InlineData("""{"rel": "next", "href": "/elsewhere", "method": "POST", "body": {}}""", "a POST, which is sent only to addresses under the root URL")]
    [InlineData("""{"rel": "next", "href": "?page=2", "headers": {"X-A": "1\r\nX-B: 2"}}""", "a header that cannot be sent")]
    [InlineData("""{"rel": "next", "href": "?page=2", "headers": {"X A": "1"}}""", "a header that cannot be sent")]
    [InlineData("""{"rel": ["self", "next"]}""", "has no http address")]
    [InlineData("""{"rel": "next\tprefetch", "href": []}""", "has no http address")]
    [InlineData("""{"rel": "next", "href": "?page=2", "method": ["POST"]}""", "a method other than GET and POST")]
    [InlineData("""{"rel": "next", "href": ""}""", "was visited before")]
    [InlineData("""{"rel": "next", "href": "#2"}""", "was visited before")]
    public async Task A_link_that_cannot_be_followed_is_an_error_and_not_the_end(string link, string says)
    {
        var hub = new FakeHub().Answers(Items, $$"""{"features": [{{Json.Item("1")}}], "links": [{"rel": "self", "href": "x"}, {{link}}]}""");
        using var client = hub.Client();
        var seen = new List<string>();

        var e = await Assert.ThrowsAsync<MlHubException>(async () =>
        {
            await foreach (var item in client.Collections.ListItemsAsync("c"))
            {
                seen.Add(item.Id);
            }
        });

        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Equal(["1"], seen);
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData("""[{"rel": "NEXT", "href": "?token=1"}]""")]
    [InlineData("""[{"rel": "last next", "href": "?token=1"}]""")]
    [InlineData("""[{"rel": "last\tnext", "href": "?token=1"}]""")]
    [InlineData("""[{"rel": " Next\r\n", "href": "?token=1#top"}]""")]
    [InlineData("""[{"rel": ["last", "next"], "href": "?token=1"}]""")]
    [InlineData("""[5, null, "next", {"rel": [5]}, {"rel": ["next"]}, {"rel": "next", "href": "?token=1", "method": " get "}]""")]
    [InlineData("""{"self": {"href": "x"}, "next": {"href": "?token=1"}}""")]
    [InlineData("""{"self": "x", "Next": "?token=1"}""")]
    [InlineData("""{"0": {"rel": "self", "href": "x"}, "2": {"rel": "next", "href": "?token=1"}}""")]
    [InlineData("""{"rel": "next", "href": "?token=1"}""")]
    [InlineData("""[{"rel": "self", "href": "x"}], "next": "https://hub.example/mlhub/v1/collections/c/items?token=1" """)]
    [InlineData("""null, "next": {"href": "?token=1"}""")]
    [InlineData("""[{"rel": "next", "href": "?token=1"}], "links": [{"rel": "self", "href": "x"}]""")]
    [InlineData("""[{"rel": "self", "href": "x"}], "links": [{"rel": "next", "href": "?token=1"}]""")]
    [InlineData("""[{"rel": "next", "href": "?token=1"}], "next": "?token=2" """)]
    public async Task A_link_is_found_however_it_is_written(string links)
    {
        var hub = new FakeHub()
            .Answers(Items, $$"""{"links": {{links}}, "features": [{{Json.Item("1")}}]}""")
            .Answers($"{Items}?token=1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Equal(2, await client.PaginateAsync($"/{Items}").CountAsync());
    }

    [Theory]
    [InlineData("\"eyJ0b2tlbiI6MX0\"")]
    [InlineData("\"next:2\"")]
    [InlineData("2")]
    [InlineData("true")]
    public async Task A_next_that_is_no_address_is_an_error_and_not_the_end(string next)
    {
        var hub = new FakeHub().Answers(Items, $$"""{"next": {{next}}, "features": [{{Json.Item("1")}}], "links": []}""");
        using var client = hub.Client();

        var listed = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());
        var raw = await Assert.ThrowsAsync<MlHubException>(async () => await client.PaginateAsync($"/{Items}").CountAsync());

        Assert.Equal("The next link of the page https://hub.example/mlhub/v1/collections/c/items has no http address: the list cannot be read to its end.", listed.Message);
        Assert.Equal(listed.Message, raw.Message);
    }

    [Theory]
    [InlineData("""[], "next": null""")]
    [InlineData("""[], "next": "" """)]
    [InlineData("""[], "next": false""")]
    [InlineData("""[], "next": {}""")]
    [InlineData("""{"next": null}""")]
    [InlineData("""{"next": ""}""")]
    [InlineData("""[{"rel": "nextcloud", "href": "x"}, {"rel": ["prev"], "href": "x"}, {"href": "x"}]""")]
    [InlineData("5")]
    public async Task A_page_that_names_no_next_one_is_the_last(string links)
    {
        using var client = new FakeHub().Answers(Items, $$"""{"features": [{{Json.Item("1")}}], "links": {{links}} }""").Client();

        Assert.Equal(1, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Equal(1, await client.PaginateAsync($"/{Items}").CountAsync());
    }

    [Fact]
    public async Task Pages_that_differ_in_the_fragment_only_are_one_page()
    {
        var hub = new FakeHub().Answers(Items, Json.Page([Json.Item("1")], "?token=1#a")).Answers($"{Items}?token=1", Json.Page([Json.Item("2")], "?token=1#b"));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Contains("was visited before", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Fact]
    public async Task A_link_with_a_body_is_sent_as_a_POST()
    {
        var hub = new FakeHub()
            .Answers(Items, Page("1", """{"rel": "next", "href": "../../search", "method": "post", "body": {"token": "next:1", "limit": 1.0}, "headers": {"X-Page": 2, "Host": "x"}}"""))
            .Answers("search", Page("2", """{"rel": "next", "href": "https://hub.example/mlhub/v1/search", "method": "POST", "body": {"token": "next:2"}}"""))
            .Answers("search", Page("3", null));
        using var client = hub.Client();

        Assert.Equal(["1", "2", "3"], await client.Collections.ListItemsAsync("c").Select(item => item.Id).ToListAsync());

        Assert.Equal(["GET", "POST", "POST"], hub.Messages.Select(message => message.Method.Method));
        Assert.Equal("""{"token": "next:1", "limit": 1.0}""", hub.Bodies[1]);
        Assert.Equal("application/json", hub.Messages[1].Content!.Headers.ContentType!.MediaType);
        Assert.Equal("2", Assert.Single(hub.Messages[1].Headers.GetValues("X-Page")));
        Assert.Null(hub.Messages[1].Headers.Host);
        Assert.Equal("""{"token": "next:2"}""", hub.Bodies[2]);
        Assert.False(hub.Messages[2].Headers.Contains("X-Page"));
        Assert.All(hub.Messages, message => Assert.Equal($"key={Uri.EscapeDataString(FakeHub.Key)}", message.RequestUri!.Query.TrimStart('?')));
    }

    [Fact]
    public async Task A_link_with_merge_repeats_the_previous_request_body()
    {
        var hub = new FakeHub()
            .Answers($"{Items}?extensions=eo&extensions=label&limit=1", Page("1", """{"rel": "next", "href": "../../search", "method": "POST", "body": {"token": "1"}, "headers": {"X-A": ["a", "b"]}, "merge": true}"""))
            .Answers("search", Page("2", """{"rel": "next", "href": "search", "method": "POST", "body": {"token": "2"}, "headers": {"X-B": "c"}, "merge": "true"}"""))
            .Answers("search", Page("3", """{"rel": "next", "href": "search", "method": "POST", "merge": false}"""))
            .Answers("search", Page("4", null));
        using var client = hub.Client();

        Assert.Equal(4, await client.Collections.ListItemsAsync("c", new ItemQuery { PageSize = 1, Extensions = ["eo", "label"] }).CountAsync());

        Assert.Equal("""{"extensions":["eo","label"],"limit":1,"token":"1"}""", hub.Bodies[1]);
        Assert.Equal("""{"extensions":["eo","label"],"limit":1,"token":"2"}""", hub.Bodies[2]);
        Assert.Equal("a, b", Assert.Single(hub.Messages[2].Headers.GetValues("X-A")));
        Assert.Equal("c", Assert.Single(hub.Messages[2].Headers.GetValues("X-B")));
        Assert.Null(hub.Bodies[3]);
        Assert.False(hub.Messages[3].Headers.Contains("X-A"));
    }

    [Fact]
    public async Task A_POST_that_repeats_is_an_error_and_one_with_another_body_is_not()
    {
        const string Next = """{"rel": "next", "href": "search", "method": "POST", "body": {"token": "1"}}""";
        var hub = new FakeHub()
            .Answers(Items, Page("1", Next.Replace("search", "../../search", StringComparison.Ordinal)))
            .Answers("search", Page("2", Next.Replace("1", "2", StringComparison.Ordinal)))
            .Answers("search", Page("3", Next));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Contains("was visited before", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, hub.Requests.Count);
    }

    [Fact]
    public async Task A_POST_for_a_page_is_retried_if_the_server_is_busy()
    {
        var hub = new FakeHub()
            .Answers(Items, Page("1", """{"rel": "next", "href": "../../search", "method": "POST", "body": {"token": "1"}}"""))
            .Answers("search", "busy", HttpStatusCode.ServiceUnavailable)
            .Answers("search", Page("2", null));
        using var client = hub.Client();

        Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Equal("""{"token": "1"}""", hub.Bodies[2]);
    }

    [Fact]
    public async Task A_key_in_the_body_or_a_header_of_a_link_is_not_sent_to_other_hosts()
    {
        var key = JsonEncodedText.Encode(FakeHub.Key);
        foreach (var link in (string[])[$$"""{"rel": "next", "href": "?p=2", "method": "POST", "body": {"k": "{{key}}"} }""", $$"""{"rel": "next", "href": "?p=2", "headers": {"X-K": "{{key}}"} }"""])
        {
            var hub = new FakeHub { Root = new Uri("http://hub.example/mlhub/v1/") }.Answers(Items, Page("1", link));
            using var client = hub.Client();

            var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

            Assert.DoesNotContain(FakeHub.Key, e.ToString(), StringComparison.Ordinal);
            Assert.Single(hub.Requests);
        }
    }

    [Fact]
    public async Task Relative_links_are_resolved_against_their_page()
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

        Assert.Contains("was visited before", e.Message, StringComparison.Ordinal);
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

        Assert.Contains("it points to a host other than hub.example", e.Message, StringComparison.Ordinal);
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
    public async Task Raw_pages_are_returned_completely()
    {
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "?token=next:1"))
            .Answers($"{Items}?token=next:1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        var pages = await client.PaginateAsync($"/{Items}").ToListAsync();

        Assert.Equal(["1", "2"], pages.Select(page => page.GetProperty("features")[0].GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_list_is_thrown_after_the_items_before_it()
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

    [Fact]
    public async Task A_next_page_that_does_not_exist_is_an_error_of_the_list_and_not_of_the_collection()
    {
        // A server behind a proxy that does not know the prefix of its own address.
        var hub = new FakeHub()
            .Answers(Items, Json.Page([Json.Item("1")], "/collections/c/items?token=2"))
            .Answers("https://hub.example/collections/c/items?token=2", "no such page here", HttpStatusCode.NotFound);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Equal("The server links to a next page that does not exist (404): https://hub.example/collections/c/items?token=***. The list cannot be read to its end.", e.Message);
        Assert.Equal(HttpStatusCode.NotFound, e.StatusCode);
    }

    private static string Page(string id, string? link) => $$"""{"features": [{{Json.Item(id)}}], "links": [{{link}}]}""";
}
