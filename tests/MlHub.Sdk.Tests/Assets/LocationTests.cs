using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Assets;

public sealed class LocationTests : AssetTest
{
    [Theory]
    [InlineData("s3://bucket/a/b.tif", null, "https://bucket.s3.amazonaws.com/a/b.tif")]
    [InlineData("S3://my.bucket/a/b%20c.tif", null, "https://s3.amazonaws.com/my.bucket/a/b%20c.tif")]
    [InlineData("s3://bucket/a b#1?.tif", null, "https://bucket.s3.amazonaws.com/a%20b%231%3F.tif")]
    [InlineData("./b.tif", "https://s.example/items/i.json", "https://s.example/items/b.tif")]
    [InlineData("../b.tif", "https://s.example/items/i.json?v=1", "https://s.example/b.tif")]
    [InlineData("/b.tif", "https://s.example/items/i.json", "https://s.example/b.tif")]
    [InlineData("//t.example/b.tif", "https://s.example/items/i.json", "https://t.example/b.tif")]
    [InlineData("b.tif", null, "b.tif")]
    [InlineData("/b.tif", null, "b.tif")]
    [InlineData("//t.example/b.tif", null, "https://t.example/b.tif")]
    [InlineData("b.tif", "./i.json", "b.tif")]
    [InlineData(" https://s.example/b.tif ", null, "https://s.example/b.tif")]
    public async Task An_href_is_resolved_as_by_the_Python_client(string href, string? self, string asked)
    {
        Serve(asked);
        var json = JsonNode.Parse(ItemJson("i", ("k", href)))!;
        json["links"] = self is null ? [] : new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = self });

        AllSucceeded(await DownloadAsync([json.ToJsonString()]));

        Assert.Equal([asked], Hub.Paths);
    }

    [Fact]
    public async Task The_key_is_sent_only_to_assets_under_the_root()
    {
        Serve("files/1.tif", "https://hub.example/other/2.tif", "https://s.example/3.tif", "https://bucket.s3.amazonaws.com/4.tif");

        AllSucceeded(await DownloadAsync(
            [ItemJson("i", ("1", $"{Hub.Root}files/1.tif"), ("2", "https://hub.example/other/2.tif"), ("3", "https://s.example/3.tif"), ("4", "s3://bucket/4.tif"))]));

        Assert.Equal(4, Hub.Requests.Count);
        Assert.Equal("files/1.tif", Hub.Root.MakeRelativeUri(Assert.Single(Hub.Requests, url => url.Query.Contains("key=", StringComparison.Ordinal))).ToString().Split('?')[0]);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "begins with 'file:'")]
    [InlineData("docker://registry.example/image:1", "begins with 'docker:'")]
    [InlineData("data:text/plain,hello", "begins with 'data:'")]
    [InlineData("s3://bucket", "begins with 's3:'")]
    [InlineData("http://", "not an address")]
    [InlineData("https://s.example:99999/b.tif", "not an address")]
    [InlineData("", "no href")]
    [InlineData(null, "no href")]
    public async Task An_asset_without_a_usable_address_fails_and_does_not_stop_the_others(string? href, string why)
    {
        Serve("https://s.example/1.tif");

        var outcomes = await DownloadAsync([ItemJson("i", ("bad", new JsonObject { ["href"] = href }), ("good", "https://s.example/1.tif"))]);

        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.Equal(("c", "i", "bad"), (failed.CollectionId, failed.ItemId, failed.Key));
        Assert.StartsWith("The asset 'bad' of 'i' cannot be downloaded: ", Assert.IsType<MlHubException>(failed.Error).Message, StringComparison.Ordinal);
        Assert.Contains(why, failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal(["c/i/good.tif"], Files);
    }
}
