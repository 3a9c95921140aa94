namespace MlHub.Sdk.Tests.Stac;

/// <summary>What public servers have sent, by the reports of those whose clients failed at it. Here each is listed, and so is what comes after it.</summary>
public sealed class PublicReportsTests
{
    [Theory]

    // geopython/pycsw#847, radiantearth/stac-spec#1164
    [InlineData(""" "type": "Feature", "geometry": null, "properties": {"datetime": "+00:00"}, "assets": {}, "links": [] """)]

    // stac-utils/stac-server#608, stac-utils/stac-fastapi#637
    [InlineData(""" "type": "Feature", "properties": {"datetime": null, "start_datetime": null}, "bbox": [-5.4, 39.6, 3.1, 43.3] """)]

    // stac-utils/pystac#1109
    [InlineData(""" "type": "Feature", "stac_extensions": null, "properties": null, "links": null, "assets": null, "bbox": null, "collection": null """)]

    // stac-utils/stac-pydantic#122, microsoft/PlanetaryComputer#296
    [InlineData(""" "type": "Feature", "bbox": [178.5, -18.3, -178.5, -16.3], "geometry": {"type": "Polygon", "coordinates": [[[-180.67, -18], [-178.5, -16.6], [-180, -16.3], [-180.67, -18]]]} """)]

    // gjoseph92/stackstac#70, sat-utils/sat-search#82, stac-utils/pystac#183
    [InlineData(""" "assets": {"a": {"href": "./B08.tif"}, "b": {"type": "image/tiff"}, "c": null, "d": "https://s.example/d.tif", "e": {"href": null, "roles": "data"}}, "links": [{"rel": "root", "href": null}, {"href": "x"}] """)]

    // CS-SI/eodag#1055, stac-utils/pystac-client#531
    [InlineData(""" "type": " feature ", "stac_version": "{catalog[stac_version]}", "properties": {"datetime": "2020-01-01 00:00:00 UTC"} """)]

    // qgis/QGIS#59176, geopython/pygeoapi#2354
    [InlineData(""" "assets": [{"href": "https://s.example/1.tif", "title": null}], "links": {"self": {"href": null}}, "properties": [], "geometry": {} """)]
    public async Task An_odd_item_is_listed_with_what_can_be_read_of_it(string fields)
    {
        var odd = $$"""{"id": "odd", {{fields}} }""";
        using var client = new FakeHub().Answers("collections/c/items", $$"""{"features": [{{odd}}, {{Json.Item("after")}}]}""").Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["odd", "after"], items.Select(item => item.Id));
        Assert.Equal(odd, items[0].ToJson());
        _ = (items[0].Bbox, items[0].Geometry, items[0].Time, items[0].Links, items[0].Assets, items[0].Bands, items[0].StacExtensions, items[0].CollectionId);
    }

    [Theory]

    // stac-utils/pystac-client#786, boettiger-lab/mcp-data-server#278
    [InlineData(""" "type": "Collection", "extent": {"temporal": {"interval": [[null, null]]}} """, 0, 1)]

    // stac-utils/pystac#1551, developmentseed/stac-map#182
    [InlineData(""" "extent": {"spatial": {"bbox": [-180, -90, 180, 90]}, "temporal": {"interval": ["2020-01-01T00:00:00Z"]}} """, 1, 0)]

    // portolan-sdi/portolan-cli#852, nasa/cmr-stac#25
    [InlineData(""" "extent": {"spatial": {"bbox": [[-180.0, 17.8, -65.2, 71.3], [172.4, 17.8, 180.0, 71.3]]}, "temporal": {"interval": [["2009-07-01", ".."]]}} """, 2, 1)]

    // opendatacube/datacube-explorer#929, NASA-IMPACT/veda-data-pipelines#343
    [InlineData(""" "providers": null, "keywords": "crops", "summaries": null, "license": "https://example.org/policy.pdf", "extent": null """, 0, 0)]
    [InlineData(""" "providers": [{"roles": "host"}, null, "NASA", {"name": "ESA", "roles": [null, "producer"], "url": "www.esa.int"}], "extent": {"spatial": [], "temporal": {}} """, 0, 0)]
    public async Task An_odd_collection_is_listed_with_what_can_be_read_of_it(string fields, int boxes, int intervals)
    {
        var odd = $$"""{"id": "odd", {{fields}} }""";
        using var client = new FakeHub().Answers("collections", $$"""{"collections": [{{odd}}, {{Json.Collection("after")}}], "links": []}""").Client();

        var collections = await client.Collections.ListAsync().ToListAsync();

        Assert.Equal(["odd", "after"], collections.Select(collection => collection.Id));
        Assert.Equal(odd, collections[0].ToJson());
        Assert.Equal((boxes, intervals), (collections[0].Extent?.Bboxes.Count ?? 0, collections[0].Extent?.Intervals.Count ?? 0));
        _ = (collections[0].Providers, collections[0].Keywords, collections[0].Summaries, collections[0].Links);
    }

    // developmentseed/cogeo-mosaic#121, sat-utils/sat-search#115, stac-utils/stac-server#917, stac-utils/stac4s#334, stac-utils/stac-fastapi#850
    [Theory]
    [InlineData("https://hub.example/mlhub/v1/collections/c/items?intersects=%5Bobject%20Object%5D&collections[]=s2&page=2", true)]
    [InlineData("undefined://hub.example/mlhub/v1/collections/c/items?page=2", false)]
    [InlineData("http://franklin.internal:9090/collections/c/items?page=2", false)]
    public async Task An_odd_next_link_is_followed_or_is_an_error(string next, bool isFollowed)
    {
        var hub = new FakeHub().Answers("collections/c/items", Json.Page([Json.Item("1")], next));
        if (isFollowed)
        {
            hub.Answers(next[hub.Root.AbsoluteUri.Length..], Json.Page([Json.Item("2")]));
        }

        using var client = hub.Client();

        var error = await Record.ExceptionAsync(async () => Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync()));

        Assert.Equal(isFollowed ? null : typeof(MlHubException), error?.GetType());
    }

    // Esri/geoportal-server-catalog#712: a next link on the last page. nasa/cmr-stac#353: each page is the first one again. stac-utils/stac-fastapi#168: next is prev.
    [Fact]
    public async Task A_last_page_with_a_link_to_an_empty_one_is_the_end_and_a_circle_is_an_error()
    {
        var hub = new FakeHub()
            .Answers("collections/a/items", Json.Page([Json.Item("1")], "?search_after=1"))
            .Answers("collections/a/items?search_after=1", Json.Page([]))
            .Answers("collections/b/items", Json.Page([Json.Item("1")], "?cursor=x"))
            .Answers("collections/b/items?cursor=x", Json.Page([Json.Item("1")], "?cursor=x"));
        using var client = hub.Client();

        Assert.Equal(1, await client.Collections.ListItemsAsync("a").CountAsync());
        await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("b").CountAsync());
    }

    // e-sensing/sits#548, sat-utils/sat-api#156: the server sends as many as it likes.
    [Fact]
    public async Task A_limit_holds_though_the_server_ignores_it()
    {
        var hub = new FakeHub()
            .Answers("collections/c/items?limit=2", Json.Page(Enumerable.Range(0, 10).Select(number => Json.Item($"{number}")), "?page=2"));
        using var client = hub.Client();

        Assert.Equal(2, await client.Collections.ListItemsAsync("c", new ItemQuery { Limit = 2, PageSize = 2 }).CountAsync());
        Assert.Single(hub.Requests);
    }

    // radiantearth/radiant-mlhub#33: a dataset names a collection several times.
    [Fact]
    public async Task A_dataset_that_names_a_collection_several_times_fails_once_for_it()
    {
        const string Dataset = """{"id": "d", "collections": [{"id": "x", "types": ["source_imagery"]}, {"id": "x", "types": ["labels"]}, {"id": "x"}, null, {"id": null}]}""";
        using var client = new FakeHub().Answers("datasets/d", Dataset).Client(change: settings => settings.MaxRetries = 0);
        var dataset = await client.Datasets.GetByIdAsync("d");
        var directory = Directory.CreateTempSubdirectory("mlhub-").FullName;

        var error = await Assert.ThrowsAsync<DownloadsFailedException>(() => dataset.DownloadAsync(directory));

        Assert.Equal(["x"], error.Failures.Keys);
        Directory.Delete(directory, recursive: true);
    }
}
