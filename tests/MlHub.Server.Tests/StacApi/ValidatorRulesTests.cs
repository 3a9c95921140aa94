using System.Text.Json;

namespace MlHub.Server.Tests.StacApi;

/// <summary>
/// The rules that stac-api-validator checks, read from its source and written anew: core, collections, features, item search, fields, sort, query and filter. (Its Python packages
/// cannot be installed where these tests run.)
/// </summary>
public sealed class ValidatorRulesTests(StacApiServer api) : IClassFixture<StacApiServer>
{
    private const string Crops = "sandbox_crops_kenya_s2";
    private const string Polygon = """{"type":"Polygon","coordinates":[[[34,0],[35,0],[35,1],[34,1],[34,0]]]}""";

    public static TheoryData<string> ValidTimes { get; } =
    [
        "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-00:00", "1996-12-19T16:39:57%2B00:00", "1996-12-19T16:39:57-08:00", "../1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z/..",
        "/1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z/", "1985-04-12T23:20:50.52Z/1986-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52-01:00/1986-04-12T23:20:50.52-01:00",
        "1937-01-01T12:00:27.8710%2B01:00", "2020-07-23T00:00:00.000%2B03:00", "1985-04-12t23:20:50.000z", "2020-07-23T00:00:00.012345678Z", "2016-12-31T23:59:60Z",
    ];

    public static TheoryData<string> InvalidTimes { get; } =
    [
        "/", "../..", "/..", "../", "/1984-04-12T23:20:50.52Z/1985-04-12T23:20:50.52Z", "1984-04-12T23:20:50.52Z/1985-04-12T23:20:50.52Z/", "1985-04-12", "1937-01-01T12:00:27.87%2B0100",
        "37-01-01T12:00:27.87Z", "1985-12-12T23:20:50.52", "21985-12-12T23:20:50.52Z", "1985-13-12T23:20:50.52Z", "1985-12-32T23:20:50.52Z", "1985-12-01T25:20:50.52Z", "1985-12-01T00:60:50.52Z",
        "1985-12-01T00:06:61.52Z", "1985-04-12T23:20:50.Z", "1985-04-12T23:20:50,Z", "1990-12-31T23:59:61Z", "1986-04-12T23:20:50.52Z/1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50,52Z",
    ];

    [Fact]
    public async Task Core_the_landing_page_has_all_links_and_each_leads_to_its_media_type()
    {
        var (status, type, page) = await api.GetAsync("");
        Assert.Equal((200, "application/json"), (status, type));
        Assert.Equal("Catalog", page.GetProperty("type").GetString());
        foreach (var relation in (string[])["root", "self", "data", "conformance"])
        {
            var link = StacApiServer.Link(page, relation)!.Value;
            Assert.Equal("application/json", link.GetProperty("type").GetString());
            Assert.Equal((200, "application/json"), await StatusAsync(link));
        }

        var classes = page.GetProperty("conformsTo").EnumerateArray().Select(name => name.GetString()!).ToHashSet();
        Assert.Contains("https://api.stacspec.org/v1.0.0/core", classes);
        var (_, _, conformance) = await api.GetAsync(StacApiServer.Link(page, "conformance")!.Value.GetProperty("href").GetString()!);
        Assert.True(classes.SetEquals(conformance.GetProperty("conformsTo").EnumerateArray().Select(name => name.GetString()!)));
    }

    [Fact]
    public async Task Core_the_description_and_the_documentation_can_be_read_without_a_key()
    {
        var (_, _, page) = await api.GetAsync("");
        using var client = new HttpClient();
        foreach (var (relation, content) in ((string, string)[])[("service-desc", "operationId: searchItems"), ("service-doc", "<code>/search</code>")])
        {
            var link = StacApiServer.Link(page, relation)!.Value;
            using var response = await client.GetAsync(new Uri(link.GetProperty("href").GetString()!));
            Assert.Equal(link.GetProperty("type").GetString()!.Split(';')[0], response.Content.Headers.ContentType!.MediaType);
            Assert.Contains(content, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains($"url: {api.Root.AbsoluteUri.TrimEnd('/')}\n", await client.GetStringAsync(new Uri(api.Root, "api")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collections_lists_link_to_themselves_and_an_unknown_one_is_404()
    {
        var (_, type, list) = await api.GetAsync("collections");
        Assert.Equal("application/json", type);
        Assert.Equal(api.Root + "collections", StacApiServer.Link(list, "self")!.Value.GetProperty("href").GetString());
        Assert.NotNull(StacApiServer.Link(list, "root"));
        Assert.Equal(404, (await api.GetAsync("collections/non-existent-collection")).Status);
        foreach (var collection in list.GetProperty("collections").EnumerateArray())
        {
            var self = StacApiServer.Link(collection, "self")!.Value.GetProperty("href").GetString()!;
            var (_, _, body) = await api.GetAsync(self);
            Assert.Equal(self, StacApiServer.Link(body, "self")!.Value.GetProperty("href").GetString());
            Assert.NotNull(StacApiServer.Link(body, "root"));
            Assert.NotNull(StacApiServer.Link(body, "parent"));
        }
    }

    [Fact]
    public async Task Features_pages_and_items_are_GeoJSON_and_link_to_themselves()
    {
        var (_, _, collection) = await api.GetAsync($"collections/{Crops}");
        var items = StacApiServer.Link(collection, "items")!.Value.GetProperty("href").GetString()!;
        var (status, type, page) = await api.GetAsync(items);
        Assert.Equal((200, "application/geo+json"), (status, type));
        Assert.Equal(items, StacApiServer.Link(page, "self")!.Value.GetProperty("href").GetString());
        var self = StacApiServer.Link(page.GetProperty("features")[0], "self")!.Value.GetProperty("href").GetString()!;
        var (_, itemType, item) = await api.GetAsync(self);
        Assert.Equal("application/geo+json", itemType);
        Assert.Equal(self, StacApiServer.Link(item, "self")!.Value.GetProperty("href").GetString());
        Assert.Equal(404, (await api.GetAsync(items + "/non-existent-item")).Status);
    }

    [Fact]
    public async Task Item_search_has_one_link_for_each_method_to_the_same_address()
    {
        var (_, _, page) = await api.GetAsync("");
        var (get, post) = (StacApiServer.Link(page, "search", "GET")!.Value, StacApiServer.Link(page, "search", "POST")!.Value);
        Assert.Equal(api.Root + "search", get.GetProperty("href").GetString());
        Assert.Equal(api.Root + "search", post.GetProperty("href").GetString());
        var (status, type, body) = await api.GetAsync("search");
        Assert.Equal((200, "application/geo+json", "FeatureCollection"), (status, type, body.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(10000)]
    [InlineData(1000000)]
    public async Task Item_search_takes_any_limit_from_1(int limit)
    {
        var (_, _, byGet) = await api.GetAsync($"search?limit={limit}");
        var (_, _, byPost) = await api.PostAsync($$"""{"limit":{{limit}}}""");
        Assert.Equal(StacApiServer.Ids(byGet), StacApiServer.Ids(byPost));
        Assert.InRange(StacApiServer.Ids(byGet).Count, 1, limit);
    }

    [Theory]
    [MemberData(nameof(ValidTimes))]
    public async Task Item_search_takes_times_of_RFC_3339_and_intervals(string time) => Assert.Equal(200, (await api.GetAsync($"search?datetime={time}")).Status);

    [Theory]
    [MemberData(nameof(InvalidTimes))]
    public async Task Item_search_refuses_other_times(string time)
    {
        Assert.Equal(400, (await api.GetAsync($"search?datetime={time}")).Status);
        Assert.Equal(400, (await api.PostAsync(JsonSerializer.Serialize(new { datetime = Uri.UnescapeDataString(time) }))).Status);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=0")]
    [InlineData("bbox=[100.0,0.0,105.0,1.0]")]
    [InlineData("bbox=100.0,1.0,105.0,0.0")]
    [InlineData("bbox=0")]
    [InlineData("bbox=0,0")]
    [InlineData("bbox=0,0,0")]
    [InlineData("bbox=0,0,0,1,1")]
    [InlineData("bbox=0,0,0,1,1,1,1")]
    [InlineData("bbox=0,0,1,1&intersects=" + Polygon)]
    [InlineData("intersects={}")]
    [InlineData("intersects=x")]
    [InlineData("query=x")]
    [InlineData("query=[]")]
    [InlineData("filter=((")]
    [InlineData("filter=id='a'&filter-lang=sql")]
    [InlineData("filter=id='a'&filter-crs=EPSG:3857")]
    [InlineData("token=x")]
    public async Task Item_search_refuses_wrong_parameters_in_one_sentence(string query)
    {
        var (status, _, body) = await api.GetAsync($"search?{query}");
        Assert.Equal(400, status);
        Assert.EndsWith(".", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("394,0,395,1")]
    [InlineData("-326,0,-325,1")]
    public async Task Item_search_finds_the_same_with_longitudes_of_another_turn(string bbox)
    {
        var found = await api.WalkAsync($"search?collections={Crops}&bbox=34,0,35,1");
        Assert.NotEmpty(found);
        Assert.Equal(found, await api.WalkAsync($"search?collections={Crops}&bbox={bbox}"));
    }

    [Theory]
    [InlineData("query={\"id\":{\"eq\":\"\\ud800\"}}")]
    [InlineData("filter-lang=cql2-json&filter={\"op\":\"=\",\"args\":[{\"property\":\"id\"},\"\\ud800\"]}")]
    [InlineData("intersects={\"type\":\"\\ud800\"}")]
    public async Task Item_search_refuses_halves_of_surrogates_in_a_GET(string query) => Assert.Equal(400, (await api.GetAsync($"search?{query}")).Status);

    [Fact]
    public async Task Item_search_refuses_a_body_that_is_not_UTF_8()
    {
        using var client = SandboxServer.ClientOf(api.Root);
        using var content = new ByteArrayContent([.. "{\"q\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        using var response = await client.PostAsync(new Uri("search?key=sandbox-key", UriKind.Relative), content);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("""{"limit":-1}""")]
    [InlineData("""{"limit":"1"}""")]
    [InlineData("""{"bbox":"100.0, 0.0, 105.0, 1.0"}""")]
    [InlineData("""{"bbox":[100.0,1.0,105.0,0.0]}""")]
    [InlineData("""{"bbox":[0,0,0,1,1]}""")]
    [InlineData("""{"bbox":[0,0,1,1],"intersects":""" + Polygon + "}")]
    [InlineData("""{"fields":null}""")]
    [InlineData("""{"collections":[1]}""")]
    [InlineData("""{"sortby":"x"}""")]
    [InlineData("""{"sortby":[{"field":"id","direction":"up"}]}""")]
    [InlineData("""{"filter":{"op":"frobnicate","args":[]}}""")]
    [InlineData("""{"filter":{"op":"=","args":[1]}}""")]
    [InlineData("""{"filter":{"op":"=","args":[{"timestamp":"yesterday"},1]}}""")]
    [InlineData("""{"query":{"a":{"like":1}}}""")]
    [InlineData("""{"ids":["\ud800"]}""")]
    [InlineData("""{"limit":1,"x":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public async Task Item_search_refuses_a_wrong_body_in_one_sentence(string json)
    {
        var (status, _, body) = await api.PostAsync(json);
        Assert.Equal(400, status);
        Assert.EndsWith(".", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100.0,0.0,105.0,1.0")]
    [InlineData("100.0,0.0,0.0,105.0,1.0,1.0")]
    [InlineData("170,-20,-170,20")]
    public async Task Item_search_takes_boxes_of_four_and_six_numbers_and_across_the_antimeridian(string bbox)
    {
        Assert.Equal(200, (await api.GetAsync($"search?bbox={bbox}")).Status);
        Assert.Equal(200, (await api.PostAsync($$"""{"bbox":[{{bbox}}]}""")).Status);
    }

    [Theory]
    [InlineData("""{"type":"Point","coordinates":[34.21,0.17]}""")]
    [InlineData("""{"type":"LineString","coordinates":[[34,0],[35,1]]}""")]
    [InlineData(Polygon)]
    [InlineData("""{"type":"Polygon","coordinates":[[[34,0],[35,0],[35,1],[34,1],[34,0]],[[34.4,0.4],[34.5,0.4],[34.5,0.5],[34.4,0.5],[34.4,0.4]]]}""")]
    [InlineData("""{"type":"MultiPoint","coordinates":[[34.21,0.17],[0,0]]}""")]
    [InlineData("""{"type":"MultiLineString","coordinates":[[[34,0],[35,1]],[[0,0],[1,1]]]}""")]
    [InlineData("""{"type":"MultiPolygon","coordinates":[[[[34,0],[35,0],[35,1],[34,1],[34,0]]]]}""")]
    [InlineData("""{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[34.21,0.17]},{"type":"Point","coordinates":[0,0]}]}""")]
    public async Task Item_search_finds_what_intersects_each_kind_of_geometry(string shape)
    {
        var byGet = await api.WalkAsync($"search?limit=1000&collections={Crops}&intersects={Uri.EscapeDataString(shape)}");
        Assert.NotEmpty(byGet);
        Assert.Equal(byGet, await api.WalkByPostAsync($$"""{"limit":1000,"collections":["{{Crops}}"],"intersects":{{shape}}}"""));
        Assert.Empty(await api.WalkAsync($"search?collections=sandbox_flood_bangladesh&intersects={Uri.EscapeDataString(shape)}"));
    }

    [Fact]
    public async Task Item_search_combines_ids_with_the_other_conditions()
    {
        var (_, _, page) = await api.GetAsync($"search?limit=2&collections={Crops}");
        var (first, second) = (StacApiServer.Ids(page)[0], StacApiServer.Ids(page)[1]);
        Assert.Equal([first, second], await api.WalkAsync($"search?ids={second},{first}"));
        Assert.Equal([first], await api.WalkByPostAsync($$"""{"ids":["{{first}}"]}"""));
        Assert.Empty(await api.WalkAsync($"search?ids={first}&bbox=100,50,101,51"));
        Assert.Empty(await api.WalkByPostAsync($$"""{"ids":["{{first}}"],"collections":["sandbox_landcover_tiles"]}"""));
    }

    [Fact]
    public async Task Item_search_by_collections_finds_only_their_items()
    {
        var (_, _, list) = await api.GetAsync("collections");
        var ids = list.GetProperty("collections").EnumerateArray().Select(collection => collection.GetProperty("id").GetString()!).ToList();
        foreach (var id in ids)
        {
            Assert.Equal(await api.WalkAsync($"collections/{Uri.EscapeDataString(id)}/items?limit=1000"), await api.WalkAsync($"search?limit=1000&collections={Uri.EscapeDataString(id)}"));
        }

        var (_, _, page) = await api.PostAsync($$"""{"limit":1000,"collections":["{{ids[0]}}","{{ids[1]}}"]}""");
        Assert.Equal(new[] { ids[0], ids[1] }.Order(), page.GetProperty("features").EnumerateArray().Select(item => item.GetProperty("collection").GetString()!).Distinct().Order());
    }

    [Fact]
    public async Task Item_search_pages_lead_to_each_item_once()
    {
        var all = await api.WalkAsync("search?limit=1000");
        Assert.InRange(all.Count, 100, 1000);
        Assert.Equal(all, await api.WalkAsync("search?limit=7"));
        Assert.Equal(all, await api.WalkByPostAsync("""{"limit":7}"""));
        var crops = await api.WalkAsync($"collections/{Crops}/items?limit=5");
        Assert.Equal(crops, await api.WalkByPostAsync($$"""{"limit":5,"collections":["{{Crops}}"]}"""));
        Assert.Equal(crops.Count, crops.Distinct().Count());
    }

    [Fact]
    public async Task Item_search_needs_a_key()
    {
        using var client = new HttpClient();
        Assert.Equal(401, (int)(await client.GetAsync(new Uri(api.Root, "search"))).StatusCode);
        Assert.Equal(401, (int)(await client.PostAsync(new Uri(api.Root, "search"), null)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("collections/" + Crops + "/")]
    public async Task Filter_queryables_are_a_schema_with_its_own_address(string parent)
    {
        var (_, _, entity) = await api.GetAsync(parent.TrimEnd('/'));
        var href = StacApiServer.Link(entity, "http://www.opengis.net/def/rel/ogc/1.0/queryables")!.Value.GetProperty("href").GetString()!;
        Assert.Equal($"{api.Root}{parent}queryables", href);
        var (status, type, schema) = await api.GetAsync(href);
        Assert.Equal((200, "application/schema+json"), (status, type));
        Assert.Equal("https://json-schema.org/draft/2019-09/schema", schema.GetProperty("$schema").GetString());
        Assert.Equal((href, "object"), (schema.GetProperty("$id").GetString(), schema.GetProperty("type").GetString()));
        Assert.True(schema.GetProperty("properties").TryGetProperty("datetime", out _));
    }

    [Theory]
    [InlineData("properties.datetime", false)]
    [InlineData("+properties.datetime", false)]
    [InlineData("datetime", false)]
    [InlineData("-properties.datetime", true)]
    public async Task Sort_orders_by_time_in_both_directions_and_on_all_pages(string field, bool descending)
    {
        var byGet = await api.WalkAsync($"search?collections={Crops}&limit=7&sortby={Uri.EscapeDataString(field)}&fields=properties.datetime");
        var (_, _, page) = await api.PostAsync(
            $$"""{"limit":1000,"collections":["{{Crops}}"],"sortby":[{"field":"properties.datetime","direction":"{{(descending ? "desc" : "asc")}}"}]}""");
        Assert.Equal(byGet, StacApiServer.Ids(page));
        var times = page.GetProperty("features").EnumerateArray().Select(item => item.GetProperty("properties").GetProperty("datetime").GetDateTimeOffset()).ToList();
        Assert.Equal(descending ? times.OrderDescending() : times.Order(), times);
        Assert.True(times[0] != times[^1]);
    }

    [Theory]
    [InlineData("geometry", "geometry")]
    [InlineData("+assets", "assets")]
    [InlineData("links", "links")]
    [InlineData("properties.platform", "properties")]
    public async Task Fields_that_are_included_are_all_that_comes_besides_what_identifies_an_item(string field, string expected)
    {
        var (_, _, byGet) = await api.GetAsync($"search?collections={Crops}&limit=1&fields={Uri.EscapeDataString(field)}");
        var (_, _, byPost) = await api.PostAsync($$$"""{"limit":1,"collections":["{{{Crops}}}"],"fields":{"include":["{{{field.TrimStart('+')}}}"]}}""");
        var item = byGet.GetProperty("features")[0];
        Assert.Equal(item.GetRawText(), byPost.GetProperty("features")[0].GetRawText());
        Assert.Equal(new[] { expected, "collection", "id", "stac_version", "type" }.Order(), item.EnumerateObject().Select(member => member.Name).Order());
        Assert.True(field != "properties.platform" || item.GetProperty("properties").EnumerateObject().Single().Name == "platform");
    }

    [Theory]
    [InlineData("-geometry", """{"exclude":["geometry"]}""", "geometry", null)]
    [InlineData("-properties.platform", """{"exclude":["properties.platform"]}""", "properties.platform", "properties.datetime")]
    [InlineData("-properties,+properties.platform", """{"exclude":["properties"],"include":["properties.platform"]}""", "properties.datetime", "properties.platform")]
    [InlineData("-geometry,+geometry", """{"exclude":["geometry"],"include":["geometry"]}""", "assets", "geometry")]
    [InlineData("-assets.B02", """{"exclude":["assets.B02"]}""", "assets.B02", "assets.B03")]
    [InlineData("-geometry", """{"exclude":["geometry"],"include":[]}""", "geometry", "assets")]
    public async Task Fields_that_are_excluded_do_not_come_unless_they_are_included_too(string get, string post, string gone, string? there)
    {
        var (_, _, byGet) = await api.GetAsync($"search?collections={Crops}&limit=1&fields={Uri.EscapeDataString(get)}");
        var (_, _, byPost) = await api.PostAsync($$"""{"limit":1,"collections":["{{Crops}}"],"fields":{{post}}}""");
        Assert.All([byGet, byPost], page =>
        {
            var item = page.GetProperty("features")[0];
            Assert.Null(At(item, gone));
            Assert.NotNull(At(item, there ?? "assets"));
            Assert.NotNull(At(item, "id"));
        });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"include":null,"exclude":null}""")]
    [InlineData("""{"include":[],"exclude":[]}""")]
    public async Task Fields_without_names_are_the_usual_ones(string fields)
    {
        var (_, _, page) = await api.PostAsync($$"""{"limit":1,"collections":["{{Crops}}"],"fields":{{fields}}}""");
        var item = page.GetProperty("features")[0];
        Assert.All(["type", "stac_version", "id", "geometry", "bbox", "links", "assets", "properties.datetime"], path => Assert.NotNull(At(item, path)));
        Assert.Null(At(item, "properties.platform"));
    }

    [Fact]
    public async Task Links_between_pages_keep_the_conditions_and_have_no_key()
    {
        var (_, _, page) = await api.GetAsync($"search?collections={Crops}&limit=2&filter={Uri.EscapeDataString("platform = 'Sentinel-2'")}&fields=id");
        var next = StacApiServer.Link(page, "next")!.Value;
        var href = next.GetProperty("href").GetString()!;
        Assert.StartsWith($"{api.Root}search?collections={Crops}&limit=2&filter=platform%20%3D%20%27Sentinel-2%27&fields=id&token=", href, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox-key", href, StringComparison.Ordinal);
        Assert.Equal("GET", next.GetProperty("method").GetString());
    }

    [Theory]
    [InlineData("search?Limit=2&KEY=sandbox-key&Token=next:x")]
    [InlineData("collections/" + Crops + "/items?LIMIT=2&Key=sandbox-key&bbox=30,-5,40,5")]
    public async Task Links_between_pages_have_no_key_and_one_token_however_the_parameters_are_written(string path)
    {
        var (_, _, page) = await api.GetAsync(path.Replace("&Token=next:x", "", StringComparison.Ordinal));
        var (next, self) = (StacApiServer.Link(page, "next")!.Value.GetProperty("href").GetString()!, StacApiServer.Link(page, "self")!.Value.GetProperty("href").GetString()!);
        Assert.All([next, self], href => Assert.DoesNotContain("sandbox-key", href, StringComparison.Ordinal));
        var (_, _, second) = await api.GetAsync(next.Replace("token=", "Token=", StringComparison.Ordinal));
        Assert.Empty(StacApiServer.Ids(page).Intersect(StacApiServer.Ids(second)));
        Assert.Equal(1, StacApiServer.Link(second, "previous")!.Value.GetProperty("href").GetString()!.Split("oken=").Length - 1);
    }

    [Fact]
    public async Task A_page_links_to_itself_with_its_conditions()
    {
        var (_, _, page) = await api.GetAsync($"search?limit=2&collections={Crops}");
        Assert.Equal($"{api.Root}search?limit=2&collections={Crops}", StacApiServer.Link(page, "self")!.Value.GetProperty("href").GetString());
        var (_, _, same) = await api.GetAsync(StacApiServer.Link(page, "self")!.Value.GetProperty("href").GetString()!);
        Assert.Equal(StacApiServer.Ids(page), StacApiServer.Ids(same));
    }

    private static JsonElement? At(JsonElement item, string path)
    {
        JsonElement? at = item;
        foreach (var name in path.Split('.'))
        {
            at = at is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;
        }

        return at;
    }

    private async Task<(int Status, string? Type)> StatusAsync(JsonElement link)
    {
        var (status, type, _) = await api.GetAsync(link.GetProperty("href").GetString()!);
        return (status, type);
    }
}
