using System.Net;
using System.Text.Json;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>What failed can be tried again, from the report or from another address.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_retry_downloads_only_what_the_report_lists()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03").AddItem("c", "2", "B02", "B03"))
        {
            Instead = url => url.AbsolutePath.EndsWith("B02.tif", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotFound) : null,
        };
        hub.Api = url => url.AbsolutePath.Contains("/datasets/", StringComparison.Ordinal) ? FakeHub.Whole("""{"id": "set"}"""u8.ToArray(), "application/json") : FakeHub.Whole(hub.Catalogue, "application/gzip");
        var options = new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B0*"] }, Layout = "{item}-{key}{ext}" };
        var failed = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path, options));
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(failed.Result.ReportPath!));
        Assert.Equal(["1-B02.tif", "2-B02.tif"], report.RootElement.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("path").GetString()));
        hub.Instead = null;
        hub.FileRequests.Clear();
        File.Delete(_folder["set/1-B03.tif"]);

        var result = await hub.Client().RetryAssetsAsync(failed.Result.ReportPath!);

        Assert.Equal((2, 2, 0), (result.Selected, result.Downloaded, result.Failed));
        Assert.Equal(["/c/1/B02.tif", "/c/2/B02.tif"], hub.FileRequests.Order(StringComparer.Ordinal));
        Assert.False(File.Exists(failed.Result.ReportPath), "the report of what no longer fails is removed");
        Assert.Null(result.ReportPath);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"dataset\": \"set\", \"output\": \"x\"}")]
    public async Task Anything_but_a_report_is_an_error_that_names_the_file(string json)
    {
        var path = _folder.Write("report.json", json);

        var error = await Assert.ThrowsAsync<FormatException>(() => new FakeHub(new Catalogue()).Client().RetryAssetsAsync(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_address_of_a_file_is_asked_if_the_first_one_fails()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02"], item => item["assets"]!["B02"]!["alternate"] = JsonNodeOf(
            """{"s3": {"href": "https://mirror.test/gone.tif"}, "copy": {"href": "https://mirror.test/copy.tif"}}""")))
        {
            Instead = url => url.AbsolutePath is "/c/1/B02.tif" or "/gone.tif" ? new HttpResponseMessage(HttpStatusCode.Forbidden) : null,
        };

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((1, 0), (result.Downloaded, result.Failed));
        Assert.Equal(["/c/1/B02.tif", "/gone.tif", "/copy.tif"], hub.FileRequests);
        Assert.Equal(FakeHub.BytesOf("/copy.tif"), await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));
    }

    private static System.Text.Json.Nodes.JsonNode JsonNodeOf(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!;
}
