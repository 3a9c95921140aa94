using System.Text.Json;

namespace MlHub.Server.Tests.Api;

/// <summary>Ids are opaque: each is one segment of a path, decoded once.</summary>
public sealed class IdsTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a b", "a%20b")]
    [InlineData("a+b", "a+b")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a%20b", "a%2520b")]
    [InlineData("..", "%2E%2E")]
    [InlineData(".", "%2e")]
    [InlineData("?#", "%3F%23")]
    [InlineData("é中", "%C3%A9%E4%B8%AD")]
    [InlineData("a;b=c&d", "a;b=c&d")]
    [InlineData("100%", "100%25")]
    [InlineData("doi", "doi")]
    [InlineData("items", "items")]
    public async Task An_id_is_decoded_once_and_its_links_can_be_followed(string id, string segment)
    {
        await using var server = await DescribedServer.StartAsync(new OneItemHub(id, id), SandboxServer.Keys);
        var item = await GetAsync($"{server.RootUrl}collections/{segment}/items/{segment}?key=sandbox-key");
        Assert.Equal(id, item.GetProperty("id").GetString());
        Assert.Equal(id, (await GetAsync($"{server.RootUrl}collections/{segment}")).GetProperty("id").GetString());
        Assert.Equal(id, (await GetAsync($"{server.RootUrl}datasets/{segment}")).GetProperty("id").GetString());
        Assert.Equal(3, (await GetAsync($"{server.RootUrl}archive/{segment}/info")).GetProperty("size").GetInt32());

        var self = LinkOf(item, "self");
        Assert.Equal(id, (await GetAsync(self + "?key=sandbox-key")).GetProperty("id").GetString());
        var page = await GetAsync(LinkOf(await GetAsync(LinkOf(item, "collection")), "items") + "?limit=1&key=sandbox-key");
        Assert.Equal("last", (await GetAsync(LinkOf(page, "next") + "&key=sandbox-key")).GetProperty("features")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Relative_assets_and_links_become_absolute()
    {
        await using var server = await DescribedServer.StartAsync(new OneItemHub("c", "a b/c"), SandboxServer.Keys);
        var item = await GetAsync($"{server.RootUrl}collections/c/items/a%20b%2Fc?key=sandbox-key");
        var own = item.GetProperty("assets").GetProperty("own").GetProperty("href").GetString()!;
        Assert.Equal(new Uri(server.RootUrl, "/storage/mlhub/assets/a%20b%2Fc/file").OriginalString, own);
        Assert.Equal("s3://bucket/key", item.GetProperty("assets").GetProperty("elsewhere").GetProperty("href").GetString());
        Assert.Equal($"{server.RootUrl}collections/other", LinkOf(item, "derived_from"));
        Assert.Equal("https://example.org/license", LinkOf(item, "license"));

        // The hub's item has self and parent of its own, as a STAC file has.
        Assert.Equal(
            ["collection", "parent", "root", "self", "derived_from", "license"],
            item.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("rel").GetString()));
        using var client = SandboxServer.ClientOf(server.RootUrl);
        Assert.Equal([4, 5, 6], await client.GetByteArrayAsync(own));
    }

    [Theory]
    [InlineData("datasets/doi/10.5555/sandbox/landcover.v1")]
    [InlineData("datasets/doi/10.5555%2Fsandbox%2Flandcover.v1")]
    [InlineData("datasets/doi/10.5555/sandbox%2flandcover.v1")]
    public async Task The_slashes_of_a_DOI_can_be_raw_or_escaped(string path)
    {
        await using var server = await DescribedServer.StartAsync();
        Assert.Equal("sandbox_landcover_tiles", (await GetAsync(server.RootUrl + path)).GetProperty("id").GetString());
    }

    private static async Task<JsonElement> GetAsync(string url)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(200, (int)response.StatusCode);
        return await SandboxServer.ReadJsonAsync(response);
    }

    private static string LinkOf(JsonElement entity, string relation) =>
        entity.GetProperty("links").EnumerateArray().First(link => link.GetProperty("rel").ValueEquals(relation)).GetProperty("href").GetString()!;
}
