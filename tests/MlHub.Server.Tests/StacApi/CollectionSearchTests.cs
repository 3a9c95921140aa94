namespace MlHub.Server.Tests.StacApi;

/// <summary>Conditions on the list of collections.</summary>
public sealed class CollectionSearchTests(StacApiServer api) : IClassFixture<StacApiServer>
{
    [Theory]
    [InlineData("bbox=34,0,35,1", "sandbox_crops_kenya_s2")]
    [InlineData("datetime=2019-06-06T00:00:00Z/2019-09-05T00:00:00Z", "sandbox_crops_kenya_s2")]
    [InlineData("q=Sentinel-2", "sandbox_crops_kenya_s2")]
    [InlineData("filter=id='sandbox_crops_kenya_s2'", "sandbox_crops_kenya_s2")]
    public async Task Each_condition_keeps_what_meets_it_and_leaves_out_the_rest(string query, string kept)
    {
        var found = await IdsAsync(query);
        Assert.Contains(kept, found);
        Assert.DoesNotContain("sandbox_storms_pacific_imagery", found);
    }

    [Fact]
    public async Task Pages_lead_to_each_collection_once_and_without_a_limit_there_is_one_page()
    {
        var all = await IdsAsync("");
        var (_, _, page) = await api.GetAsync("collections?limit=4");
        var paged = new List<string>(page.GetProperty("collections").EnumerateArray().Select(collection => collection.GetProperty("id").GetString()!));
        while (StacApiServer.Link(page, "next") is { } next)
        {
            (_, _, page) = await api.GetAsync(next.GetProperty("href").GetString()!);
            paged.AddRange(page.GetProperty("collections").EnumerateArray().Select(collection => collection.GetProperty("id").GetString()!));
        }

        Assert.Equal(all, paged);
        Assert.Equal(all.OrderDescending(StringComparer.Ordinal), await IdsAsync("sortby=-id"));
        Assert.Equal(400, (await api.GetAsync("collections?limit=4&token=x")).Status);
    }

    [Fact]
    public async Task Only_the_requested_fields_are_returned()
    {
        var (_, _, page) = await api.GetAsync("collections?fields=title");
        Assert.All(page.GetProperty("collections").EnumerateArray(), collection => Assert.All(
            collection.EnumerateObject(), member => Assert.Contains(member.Name, (string[])["id", "type", "title", "stac_version"])));
    }

    private async Task<IReadOnlyList<string>> IdsAsync(string query)
    {
        var (status, _, body) = await api.GetAsync($"collections?{query}");
        Assert.True(status == 200, body.ToString());
        return [.. body.GetProperty("collections").EnumerateArray().Select(collection => collection.GetProperty("id").GetString()!)];
    }
}
