using MlHub.Sandbox;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>Which assets of the sandbox's dataset each filter selects.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private const string Scenes = "sandbox_assets_world_scenes";
    private const string Labels = "sandbox_assets_world_labels";
    private MlHubSandbox _hub = null!;
    private MlHubClient _client = null!;
    private Dataset _dataset = null!;

    public async Task InitializeAsync()
    {
        _hub = await MlHubSandbox.StartAsync();
        _client = ClientOf(_hub);
        _dataset = await _client.Datasets.GetAsync("sandbox_assets_world");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_filter_every_file_is_listed_once()
    {
        var assets = await ListAsync(new AssetFilter());

        Assert.Equal(
            [
                $"{Labels}/scene_1/labels.geojson", $"{Scenes}/_common/documentation.md", $"{Scenes}/legend.csv", $"{Scenes}/scene_1/B04.tif", $"{Scenes}/scene_1/image.tif",
                $"{Scenes}/scene_1/metadata.json", $"{Scenes}/scene_2/B04.tif", $"{Scenes}/scene_2/image.tif", $"{Scenes}/scene_3/image.tif", $"{Scenes}/scene_3/raw",
                $"{Scenes}/scene_hostile/_._.._.._escaped~", $"{Scenes}/scene_without_box/image.tif", $"{Scenes}/scene_without_time/B04.tif", $"{Scenes}/scene_without_time/image.tif",
            ],
            assets.Select(asset => asset.Contains('~', StringComparison.Ordinal) ? asset[..(asset.IndexOf('~', StringComparison.Ordinal) + 1)] : asset).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Labels, "", 1)]
    [InlineData(Scenes, "B04", 3)]
    [InlineData("*_scenes", "B*,raw", 4)]
    [InlineData(Scenes, "legend", 1)]
    public async Task Collections_and_their_keys_are_selected(string collection, string keys, int count) =>
        Assert.Equal(count, (await ListAsync(new AssetFilter { Collections = new Dictionary<string, IReadOnlyList<string>> { [collection] = keys.Split(',', StringSplitOptions.RemoveEmptyEntries) } })).Length);

    [Fact]
    public async Task Keys_roles_and_media_types_are_selected()
    {
        Assert.Equal(3, (await ListAsync(new AssetFilter { Keys = ["B04"] })).Length);
        Assert.Equal([$"{Labels}/scene_1/labels.geojson"], await ListAsync(new AssetFilter { Roles = ["labels"] }));
        Assert.Equal([$"{Labels}/scene_1/labels.geojson", $"{Scenes}/scene_1/metadata.json"], await ListAsync(new AssetFilter { MediaTypes = ["application/*json"] }));
        Assert.Equal(8, (await ListAsync(new AssetFilter { MediaTypes = ["IMAGE/TIFF"] })).Length);
    }

    [Theory]
    [InlineData("2021-03-01", 6)]
    [InlineData("2021-06-15/2021-07-01", 4)]
    [InlineData("../2021-03-01T08:00:00", 6)]
    [InlineData("2021-10-01T08:00:00Z/..", 3)]
    public async Task Items_of_a_time_are_selected_and_the_assets_of_a_collection_stay(string time, int count)
    {
        var assets = await ListAsync(new AssetFilter { DateTime = TemporalInterval.Parse(time) });

        Assert.Equal(count, assets.Length);
        Assert.Contains($"{Scenes}/legend.csv", assets);
        Assert.DoesNotContain(assets, asset => asset.Contains("without_time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("34,0,35,1", "scene_1 scene_1 scene_3 scene_hostile scene_without_box scene_without_time")]
    [InlineData("179.5,-17,179.6,-17", "scene_2")]
    [InlineData("-179.5,-17,-179.4,-17", "scene_2")]
    [InlineData("178,-17,-178,-17", "scene_2")]
    [InlineData("0,-17,178,-17", "")]
    [InlineData("32.9,-1.1,33.1,-0.9", "scene_3")]
    public async Task Items_whose_box_touches_a_box_are_selected(string box, string items) =>
        Assert.Equal(items, await ItemsAsync(new AssetFilter { Bbox = Bbox.Parse(box) }));

    [Theory]
    [InlineData("""{"type": "Polygon", "coordinates": [[[32.9,-1.1],[33.1,-1.1],[33.1,-0.9],[32.9,-0.9],[32.9,-1.1]]]}""", "")]
    [InlineData("""{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [32.1, -1]}}""", "scene_3")]
    [InlineData("""{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [181, -17]}}, {"type": "Feature", "geometry": {"type": "Point", "coordinates": [33.6, -1]}}]}""", "scene_2 scene_3")]
    public async Task Items_whose_geometry_touches_an_area_are_selected(string area, string items) =>
        Assert.Equal(items, await ItemsAsync(new AssetFilter { Intersects = AssetFilter.ReadGeoJson(area) }));

    [Fact]
    public async Task An_area_in_the_hole_of_a_polygon_touches_only_its_box() =>
        Assert.Equal("scene_3", await ItemsAsync(new AssetFilter { Intersects = AssetFilter.ReadGeoJson("""{"type": "Point", "coordinates": [33, -1]}"""), Spatial = SpatialTest.Bbox }));

    [Fact]
    public async Task A_collection_or_a_key_that_does_not_exist_is_refused_with_those_that_do()
    {
        var collection = await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { Collections = new Dictionary<string, IReadOnlyList<string>> { ["scenes"] = [] } }));
        Assert.Contains($"It has: {Labels}, {Scenes}.", collection.Message, StringComparison.Ordinal);

        var key = await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { Collections = new Dictionary<string, IReadOnlyList<string>> { [Labels] = ["image"] } }));
        Assert.Contains("It has: labels.", key.Message, StringComparison.Ordinal);

        Assert.Contains("has no asset 'B05'", (await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { Keys = ["B05"] }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_without_assets_names_the_filter_that_emptied_it()
    {
        var error = await Assert.ThrowsAsync<NoAssetsSelectedException>(() => ListAsync(new AssetFilter { Keys = ["B04"], DateTime = TemporalInterval.Parse("2030-01-01/.."), Bbox = new Bbox(0, 0, 1, 1) }));

        Assert.Equal("DateTime", error.Filter);
        Assert.Contains("3 were left before it", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"type": "Feature", "geometry": null}""")]
    [InlineData("""{"type": "Polygon", "coordinates": [[[0,0],[1,0]]]}""")]
    public void What_is_not_GeoJSON_with_a_geometry_is_refused(string text) => Assert.Throws<FormatException>(() => AssetFilter.ReadGeoJson(text));

    [Fact]
    public async Task Invalid_filters_are_refused_before_any_request()
    {
        var before = _hub.Requests.Count;
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { Bbox = new Bbox(0, 2, 1, 1) }));
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { Keys = [""] }));
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new AssetFilter { DateTime = new TemporalInterval(DateTimeOffset.MaxValue, DateTimeOffset.MinValue) }));
        Assert.Equal(before, _hub.Requests.Count);
    }

    [Fact]
    public async Task A_list_has_what_the_catalogue_says_about_an_asset()
    {
        var asset = (await _dataset.ListAssetsAsync(new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image"], DateTime = TemporalInterval.Parse("2021-03-01") } }).ToListAsync()).Single();

        Assert.Equal((Scenes, "scene_1", "image", "image/tiff; application=geotiff"), (asset.CollectionId, asset.ItemId, asset.Key, asset.MediaType));
        Assert.Equal(new Bbox(34, 0, 35, 1), asset.Bbox);
        Assert.Contains("\"geometry\":{", asset.ToGeoJson(), StringComparison.Ordinal);
        Assert.Contains("\"datetime\":\"2021-03-01T08:00:00Z\"", asset.ToJson(), StringComparison.Ordinal);
    }

    private static MlHubClient ClientOf(MlHubSandbox hub) => new(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });

    private async Task<string[]> ListAsync(AssetFilter filter) => [.. (await _dataset.ListAssetsAsync(new DatasetAssetsOptions { Filter = filter }).ToListAsync()).Select(asset => asset.Path).Order(StringComparer.Ordinal)];

    // The items, also those whose only asset is dropped by no filter but space.
    private async Task<string> ItemsAsync(AssetFilter filter)
    {
        var assets = await _dataset.ListAssetsAsync(new DatasetAssetsOptions { Filter = filter }).ToListAsync();
        return string.Join(' ', assets.Where(asset => asset.ItemId is not null && !asset.IsCommon).Select(asset => (asset.CollectionId, asset.ItemId)).Distinct().Select(item => item.ItemId).Order(StringComparer.Ordinal));
    }
}
