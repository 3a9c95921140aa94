namespace MlHub.Server.Tests.Api;

public sealed class DatasetListTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Theory]
    [InlineData("", "crops_kenya landcover_tiles flood_bangladesh storms_pacific assets_world")]
    [InlineData("?tags=segmentation", "crops_kenya landcover_tiles flood_bangladesh")]
    [InlineData("?tags=Segmentation&tags=sentinel-2", "crops_kenya landcover_tiles")]
    [InlineData("?tags=crop%20type", "crops_kenya")]
    [InlineData("?tags=crop+type", "crops_kenya")]
    [InlineData("?tags=crop", "")]
    [InlineData("?tags=", "crops_kenya landcover_tiles flood_bangladesh storms_pacific assets_world")]
    [InlineData("?text=FLOOD", "flood_bangladesh")]
    [InlineData("?text=sandbox&text=rwanda", "landcover_tiles")]
    [InlineData("?text=%E0%A6%AE%E0%A6%BE%E0%A6%A8", "flood_bangladesh")]
    [InlineData("?text=10.5555/sandbox", "crops_kenya landcover_tiles")]
    [InlineData("?text=nowhere", "")]
    [InlineData("?text=sandbox&tags=storm", "storms_pacific")]
    public async Task Listed_datasets_have_all_requested_tags_and_texts(string query, string expected)
    {
        var datasets = await sandbox.GetJsonAsync("datasets" + query);
        Assert.Equal(expected, string.Join(' ', datasets.EnumerateArray().Select(dataset => dataset.GetProperty("id").GetString()!["sandbox_".Length..])));
    }
}
