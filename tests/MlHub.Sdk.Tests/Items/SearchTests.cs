using System.Net;
using System.Text.Json;
using MlHub.Description;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk.Tests.Items;

/// <summary>A search is sent to the hub as STAC API 1.0 writes it, and all pages of the answer are read.</summary>
public sealed class SearchTests
{
    private const string NextByPost =
        """{"features": [{"id": "1"}, {"title": "no id"}, {"id": "2"}], "links": [{"rel": "next", "href": "search", "method": "POST", "body": {"ids": ["a"], "token": "t"}}]}""";

    private static readonly Geometry Area = new GeometryFactory().CreatePolygon([new(1, 2), new(3, 2), new(3, 4), new(1, 2)]);

    [Fact]
    public async Task All_pages_are_read_by_POST_under_the_root_URL()
    {
        var hub = new FakeHub().Answers("search", NextByPost).Answers("search", """{"features": [{"id": "3", "properties": {"datetime": 7}}]}""");
        using var client = hub.Client();

        var items = await client.Items.SearchAsync(new ItemSearch { Ids = ["a"] }).ToListAsync();

        Assert.Equal(["1", "2", "3"], items.Select(item => item.Id));
        Assert.Equal(["""{"ids":["a"]}""", """{"ids": ["a"], "token": "t"}"""], hub.Bodies);
        Assert.All(hub.Messages, message => Assert.Equal(HttpMethod.Post, message.Method));
        Assert.All(hub.Requests, url => Assert.Contains("key=", url.Query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_ends_the_search_and_no_further_page_is_requested()
    {
        var hub = new FakeHub().Answers("search", NextByPost);
        using var client = hub.Client();

        Assert.Equal(["1"], await client.Items.SearchAsync(new ItemSearch { Limit = 1 }).Select(item => item.Id).ToListAsync());
        Assert.Empty(await client.Items.SearchAsync(new ItemSearch { Limit = 0 }).ToListAsync());
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Every_condition_is_sent_as_STAC_API_writes_it()
    {
        var hub = new FakeHub().Answers("search", """{"features": []}""");
        using var client = hub.Client();

        await client.Items.SearchAsync(new ItemSearch
        {
            PageSize = 50,
            Collections = ["a", "b"],
            Ids = ["1"],
            Intersects = Area,
            DateTime = TemporalInterval.Parse("2019-06-01T00:00:00.5Z/.."),
            Text = ["crop type"],
            Filter = "eo:cloud_cover < 10",
            Query = JsonElement.Parse("""{"gsd":{"eq":10}}"""),
            SortBy = ["-properties.datetime", "+id", "gsd"],
            Fields = ["properties.gsd", "-assets"],
        }).ToListAsync();

        var expected = """
            {"collections":["a","b"],"ids":["1"],"intersects":{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4],[1,2]]]},"datetime":"2019-06-01T00:00:00.5Z/..",
            "q":["crop type"],"query":{"gsd":{"eq":10}},"filter":"eo:cloud_cover < 10","filter-lang":"cql2-text",
            "sortby":[{"field":"properties.datetime","direction":"desc"},{"field":"id","direction":"asc"},{"field":"gsd","direction":"asc"}],
            "fields":{"include":["properties.gsd"],"exclude":["assets"]},"limit":50}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(hub.Bodies.Single()!)), hub.Bodies[0]);
    }

    /// <summary>A condition that is added to the description either gets a property, or this test fails.</summary>
    [Fact]
    public async Task Every_condition_of_the_description_can_be_sent()
    {
        var hub = new FakeHub().Answers("search", """{"features": []}""");
        using var client = hub.Client();
        var search = new ItemSearch
        {
            PageSize = 1,
            Collections = ["a"],
            Ids = ["1"],
            DateTime = TemporalInterval.Parse("2019-06-01"),
            Text = ["a"],
            Filter = "TRUE",
            Query = JsonElement.Parse("{}"),
            SortBy = ["id"],
            Fields = ["id"],
        };

        await client.Items.SearchAsync(search with { Bbox = Bbox.Parse("1,2,3,4") }).ToListAsync();
        await client.Items.SearchAsync(search with { Intersects = Area }).ToListAsync();

        var sent = hub.Bodies.SelectMany(body => JsonElement.Parse(body!).EnumerateObject().Select(member => member.Name)).Distinct();
        var schema = ApiDescription.Parse(await File.ReadAllTextAsync(Repository.Place("openapi/mlhub.yaml"))).Root["components"]!["schemas"]!["SearchBody"]!;
        Assert.Equal(ApiDescription.PropertiesOf(schema).Select(property => property.Name).Except(["token"]).Order(), sent.Order());
    }

    [Theory]
    [InlineData("2019-06-01T00:00:00Z", "2019-06-01T00:00:00Z")]
    [InlineData("2019-06-01T02:00:00+02:00/2019-07-01T00:00:00Z", "2019-06-01T00:00:00Z/2019-07-01T00:00:00Z")]
    [InlineData("../2019-07-01T00:00:00Z", "../2019-07-01T00:00:00Z")]
    [InlineData("../..", null)]
    public async Task A_time_is_sent_in_UTC(string time, string? sent)
    {
        var hub = new FakeHub().Answers("search", """{"features": []}""");
        using var client = hub.Client();

        await client.Items.SearchAsync(new ItemSearch { DateTime = TemporalInterval.Parse(time) }).ToListAsync();

        Assert.Equal(sent, JsonElement.Parse(hub.Bodies.Single()!).TryGetProperty("datetime", out var datetime) ? datetime.GetString() : null);
    }

    [Theory]
    [InlineData("POINT (1 2)", """{"type":"Point","coordinates":[1,2]}""")]
    [InlineData("LINESTRING (1 2, 3 4)", """{"type":"LineString","coordinates":[[1,2],[3,4]]}""")]
    [InlineData("POLYGON ((0 0, 9 0, 9 9, 0 0), (2 1, 3 1, 3 2, 2 1))", """{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[2,1],[3,1],[3,2],[2,1]]]}""")]
    [InlineData("MULTIPOINT ((1 2), (3 4))", """{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}""")]
    [InlineData("MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", """{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}""")]
    [InlineData("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)))", """{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]]]]}""")]
    [InlineData("GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))", """{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}""")]
    public async Task A_geometry_is_sent_as_GeoJSON(string text, string geoJson)
    {
        var hub = new FakeHub().Answers("search", """{"features": []}""");
        using var client = hub.Client();

        await client.Items.SearchAsync(new ItemSearch { Intersects = new NetTopologySuite.IO.WKTReader().Read(text) }).ToListAsync();

        Assert.Equal($$"""{"intersects":{{geoJson}}}""", hub.Bodies.Single());
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    public async Task A_hub_without_search_is_named_in_one_sentence_that_says_what_to_do(HttpStatusCode status)
    {
        using var client = new FakeHub().Answers("search", """{"message": "Missing route"}""", status).Client();

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Items.SearchAsync().ToListAsync().AsTask());

        Assert.Equal($"The hub cannot search for items ({(int)status}, https://hub.example/mlhub/v1/search). List the items of a collection instead, or check the root URL.", error.Message);
        Assert.Equal(status, error.StatusCode);
    }

    [Fact]
    public async Task A_search_that_a_hub_cannot_answer_for_a_moment_is_sent_again()
    {
        var hub = new FakeHub().Answers("search", "{}", HttpStatusCode.ServiceUnavailable).Answers("search", """{"features": [{"id": "1"}]}""");
        using var client = hub.Client();

        Assert.Equal(1, await client.Items.SearchAsync(new ItemSearch { Ids = ["1"] }).CountAsync());
        Assert.Equal(hub.Bodies[0], hub.Bodies[1]);
    }

    [Fact]
    public void A_search_that_contradicts_itself_is_refused_before_a_request()
    {
        using var client = new FakeHub().Client();

        foreach (var search in (ItemSearch[])
            [
                new() { Limit = -1 },
                new() { PageSize = 0 },
                new() { Bbox = Bbox.Parse("1,2,3,4"), Intersects = Area },
                new() { Bbox = new Bbox(double.NaN, 0, 1, 1) },
                new() { Intersects = Point.Empty },
                new() { Collections = [""] },
                new() { SortBy = ["-"] },
                new() { Fields = [" "] },
                new() { Query = JsonElement.Parse("[]") },
            ])
        {
            Assert.ThrowsAny<ArgumentException>(() => client.Items.SearchAsync(search));
        }
    }

    [Fact]
    public void A_client_of_a_test_says_which_member_to_override() =>
        Assert.IsType<NotSupportedException>(Record.Exception(() => new ClientOfATest().Items.SearchAsync().ToBlockingEnumerable().ToList()));

    private sealed class ClientOfATest : MlHubClient;
}
