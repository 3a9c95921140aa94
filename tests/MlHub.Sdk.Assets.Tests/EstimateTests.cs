namespace MlHub.Sdk.Assets.Tests;

public sealed class EstimateTests
{
    [Fact]
    public async Task The_files_of_each_collection_are_counted_and_those_that_each_filter_drops()
    {
        var hub = new FakeHub(new Catalogue()
            .AddItem("c", "1", ["B02", "B03", "readme"], item => item["assets"]!["B02"]!["file:size"] = 100)
            .AddItem("c", "2", ["B02"], item => item["assets"]!["B02"]!["file:size"] = 10)
            .AddItem("d", "1", ["B02"], item =>
            {
                item["assets"]!["B02"]!["file:size"] = 1;
                item["properties"]!["datetime"] = "2021-01-01T00:00:00Z";
            }));

        var estimate = await hub.Dataset().EstimateAssetsAsync(new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02"], DateTime = TemporalInterval.Parse("2020-01-01") } });

        Assert.Equal(Numbers(2, 110, 0), estimate.Total);
        Assert.Equal([new CollectionEstimate { CollectionId = "c", Estimate = Numbers(2, 110, 0) }], estimate.Collections);
        Assert.Equal(
            [new FilterEstimate { Filter = "Keys", Dropped = Numbers(2, 0, 2) }, new FilterEstimate { Filter = "DateTime", Dropped = Numbers(1, 1, 0) }],
            estimate.Filters);
        Assert.Empty(hub.FileRequests);
    }

    [Fact]
    public async Task A_filter_that_drops_everything_is_named()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02"));

        var error = await Assert.ThrowsAsync<NoAssetsSelectedException>(() => hub.Dataset().EstimateAssetsAsync(new DatasetAssetsOptions { Filter = new AssetFilter { Bbox = new Bbox(0, 0, 1, 1) } }));

        Assert.Equal("Bbox", error.Filter);
    }

    private static DownloadEstimate Numbers(long files, long bytes, long unknown) => new() { Files = files, Bytes = bytes, FilesOfUnknownSize = unknown };
}
