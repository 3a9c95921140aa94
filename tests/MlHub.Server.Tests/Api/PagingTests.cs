using System.Text.Json;

namespace MlHub.Server.Tests.Api;

public sealed class PagingTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Tiles = "collections/sandbox_landcover_tiles/items";
    private const string KeyQuery = "key=sandbox-key";

    [Theory]
    [InlineData("", 10)]
    [InlineData("limit=1", 1)]
    [InlineData("limit=19", 19)]
    [InlineData("limit=56", 56)]
    [InlineData("limit=57", 57)]
    [InlineData("limit=10000", 10000)]
    [InlineData("limit=10001", 10000)]
    public async Task Next_links_lead_through_all_items_in_order(string query, int limit)
    {
        var pages = await WalkAsync($"{Tiles}?{query}", "next");
        Assert.Equal((57 + limit - 1) / limit, pages.Count);
        Assert.Equal(Enumerable.Range(0, 57).Select(index => $"sandbox_landcover_tiles_{index:0000}"), pages.SelectMany(Ids));
        Assert.All(pages, page =>
        {
            var context = page.GetProperty("context");
            Assert.Equal(limit, context.GetProperty("limit").GetInt32());
            Assert.Equal(57, context.GetProperty("matched").GetInt32());
            Assert.Equal(Ids(page).Count(), context.GetProperty("returned").GetInt32());
        });
    }

    [Fact]
    public async Task Previous_links_lead_back_to_the_first_page()
    {
        var forth = await WalkAsync($"{Tiles}?limit=10", "next");
        var back = await WalkAsync($"{Tiles}?limit=10&token=prev:sandbox_landcover_tiles_0050", "previous");
        Assert.Equal(forth.SkipLast(1).Reverse().Select(Ids), back.Select(Ids));
    }

    [Fact]
    public async Task The_first_page_has_no_previous_link_and_the_last_no_next_one()
    {
        var pages = await WalkAsync($"{Tiles}?limit=30", "next");
        Assert.Equal(["next"], Neighbours(pages[0]));
        Assert.Equal(["previous"], Neighbours(pages[1]));
    }

    [Fact]
    public async Task Links_to_other_pages_use_GET_and_keep_limit_and_extensions_but_not_the_key()
    {
        var page = await sandbox.GetJsonAsync($"{Tiles}?limit=2&extensions=eo&extensions=label&token=next:sandbox_landcover_tiles_0004&{KeyQuery}");
        var links = page.GetProperty("links").EnumerateArray().Where(link => link.TryGetProperty("method", out _)).ToList();
        Assert.All(links, link => Assert.Equal("GET", link.GetProperty("method").GetString()));
        var url = $"http://{SandboxServer.Host}/mlhub/v1/{Tiles}?limit=2&extensions=eo&extensions=label&token=";
        Assert.Equal([url + "prev%3Asandbox_landcover_tiles_0006", url + "next%3Asandbox_landcover_tiles_0007"], links.Select(Href));
    }

    [Theory]
    [InlineData("eo", 57)]
    [InlineData("label", 38)]
    [InlineData("https://stac-extensions.github.io/label/v1.0.0/schema.json", 38)]
    [InlineData("eo&extensions=label", 38)]
    [InlineData("sar", 0)]
    [InlineData("", 57)]
    public async Task The_extensions_filter_keeps_items_that_have_all_of_them(string extensions, int count)
    {
        var pages = await WalkAsync($"{Tiles}?extensions={extensions}", "next");
        Assert.Equal(count, pages.SelectMany(Ids).Distinct().Count());
        Assert.All(pages, page => Assert.Equal(count, page.GetProperty("context").GetProperty("matched").GetInt32()));
    }

    [Fact]
    public async Task A_collection_without_items_is_one_empty_page()
    {
        var page = Assert.Single(await WalkAsync("collections/sandbox_storms_pacific_forecast/items?", "next"));
        Assert.Empty(Ids(page));
        Assert.Empty(Neighbours(page));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=1.5")]
    [InlineData("limit=99999999999999")]
    [InlineData("token=sandbox_landcover_tiles_0004")]
    [InlineData("token=next:nothing")]
    [InlineData("token=prev:")]
    public async Task Invalid_parameters_are_refused(string query)
    {
        var (status, detail) = await sandbox.FailAsync($"{Tiles}?{query}&{KeyQuery}");
        Assert.Equal(400, status);
        Assert.StartsWith(query.Split('=')[0], detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=")]
    [InlineData("token=")]
    [InlineData("extensions=")]
    [InlineData("next=cursor-of-generation-a")]
    [InlineData("unknown=1")]
    public async Task Empty_and_unknown_parameters_are_ignored(string query) =>
        Assert.Equal(10, Ids(await sandbox.GetJsonAsync($"{Tiles}?{query}&{KeyQuery}")).Count());

    private async Task<List<JsonElement>> WalkAsync(string path, string relation)
    {
        List<JsonElement> pages = [];
        for (var next = path; next is not null; next = LinkOf(pages[^1], relation)?.Replace($"http://{SandboxServer.Host}", "", StringComparison.Ordinal))
        {
            pages.Add(await sandbox.GetJsonAsync($"{next}&{KeyQuery}"));
            Assert.InRange(pages.Count, 1, 100);
        }

        return pages;
    }

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("features").EnumerateArray().Select(item => item.GetProperty("id").GetString()!);

    private static IEnumerable<string> Neighbours(JsonElement page) =>
        page.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("rel").GetString()!).Where(relation => relation is "previous" or "next");

    private static string? LinkOf(JsonElement page, string relation) =>
        page.GetProperty("links").EnumerateArray().Where(link => link.GetProperty("rel").ValueEquals(relation)).Select(Href).FirstOrDefault();

    private static string Href(JsonElement link) => link.GetProperty("href").GetString()!;
}
