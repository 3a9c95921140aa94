namespace MlHub.Sdk.Tests.Archives;

public sealed class InfoTests
{
    [Fact]
    public async Task Sizes_can_exceed_32_bits()
    {
        using var client = new FakeHub()
            .Answers("archive/crops_source/info", Json.ArchiveInfo)
            .Answers("catalog/crops/info", """{"dataset": "crops", "stac_catalog_size": 263582, "estimated_dataset_size": 77207762000, "new": null}""")
            .Client();

        var archive = await client.Archives.GetInfoAsync("crops_source");
        var catalog = await client.Catalogs.GetInfoAsync("crops");

        Assert.Equal(71138210977, archive.Size);
        Assert.Equal([CollectionType.SourceImagery], archive.Types);
        Assert.Equal(Json.ArchiveInfo, archive.ToJson());
        Assert.Equal(77207762000, catalog.EstimatedDatasetSize);
        Assert.EndsWith("\"new\": null}", catalog.ToJson(), StringComparison.Ordinal);
    }
}
