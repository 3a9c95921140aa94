using System.Text.Json;

namespace MlHub.Server.Tests.Hubs;

/// <summary>What a hub that holds its items in memory gets for free: queries and pages.</summary>
public sealed class ItemQueryTests
{
    private static readonly JsonElement[] Items =
    [
        Item("""{"id":"a","bbox":[0,0,10,10],"properties":{"datetime":"2020-01-01T00:00:00Z"}}"""),
        Item("""{"id":"b","bbox":[10,10,-5,20,20,5],"properties":{"datetime":null,"start_datetime":"2020-02-01T00:00:00Z","end_datetime":"2020-04-01T00:00:00Z"}}"""),
        Item("""{"id":"c","bbox":[170,-10,-170,10],"properties":{"datetime":"2020-03-01T02:00:00+02:00"},"stac_extensions":["https://stac-extensions.github.io/eo/v1.0.0/schema.json"]}"""),
        Item("""{"id":"d","properties":{"datetime":"not a time"}}"""),
    ];

    [Theory]
    [InlineData("0,0,1,1", "a")]
    [InlineData("10,10,10,10", "a b")]
    [InlineData("10,-5,15,0", "a")]
    [InlineData("175,0,176,1", "c")]
    [InlineData("-176,0,-175,1", "c")]
    [InlineData("160,0,-160,1", "c")]
    [InlineData("-160,0,160,90", "a b")]
    [InlineData("20,20,30,30", "b")]
    [InlineData("21,20,30,30", "")]
    [InlineData("-180,-90,180,90", "a b c")]
    public void A_bbox_matches_items_that_touch_it_even_across_the_antimeridian(string bbox, string expected)
    {
        var numbers = bbox.Split(',').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(expected, Matching(new HubItemQuery { Limit = 10, Bbox = new HubBbox(numbers[0], numbers[1], numbers[2], numbers[3]) }));
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00Z", null, "a b c")]
    [InlineData("2020-01-01T00:00:01Z", null, "b c")]
    [InlineData(null, "2020-01-01T00:00:00Z", "a")]
    [InlineData("2020-03-15T00:00:00Z", null, "b")]
    [InlineData("2020-03-01T00:00:00Z", "2020-03-01T00:00:00Z", "b c")]
    [InlineData("2021-01-01T00:00:00Z", null, "")]
    public void A_time_filter_matches_items_of_that_time_and_overlapping_intervals(string? from, string? to, string expected) =>
        Assert.Equal(expected, Matching(new HubItemQuery { Limit = 10, From = Time(from), To = Time(to) }));

    [Fact]
    public void Ids_and_extensions_are_combined()
    {
        Assert.Equal("b c", Matching(new HubItemQuery { Limit = 10, Ids = ["c", "b", "x"] }));
        Assert.Equal("c", Matching(new HubItemQuery { Limit = 10, Ids = ["c", "b"], Extensions = ["eo"] }));
        Assert.Equal("", Matching(new HubItemQuery { Limit = 10, Ids = ["b"], Extensions = ["eo"] }));
    }

    [Fact]
    public void Tokens_lead_forwards_and_backwards_and_an_unknown_one_is_refused()
    {
        var query = new HubItemQuery { Limit = 2 };
        var first = HubItemPage.Of(Items, query);
        Assert.Equal(("a b", 4, null), (Ids(first), first.Matched, first.PreviousToken));
        var second = HubItemPage.Of(Items, query with { Token = first.NextToken });
        Assert.Equal(("c d", null), (Ids(second), second.NextToken));
        Assert.Equal("a b", Ids(HubItemPage.Of(Items, query with { Token = second.PreviousToken })));
        Assert.Equal("x", Assert.Throws<UnknownTokenException>(() => HubItemPage.Of(Items, query with { Token = "x" })).Token);
        Assert.Throws<UnknownTokenException>(() => HubItemPage.Of(Items, query with { Token = "next:x" }));
    }

    [Fact]
    public async Task A_hub_that_does_not_count_sends_pages_without_a_total()
    {
        await using var server = await DescribedServer.StartAsync(new OneItemHub("c", "i") { Counts = false }, SandboxServer.Keys);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var page = JsonDocument.Parse(await client.GetStringAsync("collections/c/items?key=sandbox-key"));
        Assert.Equal(["limit", "returned"], page.RootElement.GetProperty("context").EnumerateObject().Select(property => property.Name));
    }

    private static string Matching(HubItemQuery query) => Ids(HubItemPage.Of(Items, query));

    private static string Ids(HubItemPage page) => string.Join(' ', page.Items.Select(item => item.Json.GetProperty("id").GetString()));

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement Item(string json) => JsonElement.Parse(json);
}
