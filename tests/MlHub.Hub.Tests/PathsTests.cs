using System.Net;

namespace MlHub.Hub.Tests;

/// <summary>Only the files of datasets are served, and no path leads out of the directory.</summary>
public sealed class PathsTests
{
    [Theory]
    [InlineData("crops/crops_c/one/image.tif", HttpStatusCode.OK)]
    [InlineData("crops/readme.txt", HttpStatusCode.OK)]
    [InlineData("private/notes.txt", HttpStatusCode.NotFound)]
    [InlineData("notes.txt", HttpStatusCode.NotFound)]
    [InlineData("datasets.json", HttpStatusCode.NotFound)]
    [InlineData("crops/mlhub_stac_assets.db", HttpStatusCode.NotFound)]
    [InlineData("crops/.hidden", HttpStatusCode.NotFound)]
    [InlineData("crops/crops_c/one/one.json", HttpStatusCode.NotFound)]
    [InlineData("crops/link.txt", HttpStatusCode.NotFound)]
    [InlineData("crops/linked/notes.txt", HttpStatusCode.NotFound)]
    [InlineData("crops/%2E%2E/private/notes.txt", HttpStatusCode.NotFound)]
    [InlineData("crops/..%2Fprivate%2Fnotes.txt", HttpStatusCode.NotFound)]
    [InlineData("crops//readme.txt", HttpStatusCode.NotFound)]
    [InlineData("%2Fetc/passwd", HttpStatusCode.NotFound)]
    [InlineData(".mlhub/index.db", HttpStatusCode.NotFound)]
    [InlineData("crops.tar.gz/../private/notes.txt", HttpStatusCode.NotFound)]
    public async Task A_path_is_served_only_if_it_is_a_file_of_a_dataset(string path, HttpStatusCode expected)
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        foreach (var file in (string[])["crops/readme.txt", "private/notes.txt", "notes.txt", "datasets.json", "crops/mlhub_stac_assets.db", "crops/.hidden"])
        {
            directory.Write(file, "[]");
        }

        File.CreateSymbolicLink(directory.Place("crops/link.txt"), directory.Place("notes.txt"));
        Directory.CreateSymbolicLink(directory.Place("crops/linked"), directory.Place("private"));
        var server = await directory.ServeAsync();
        using var http = new HttpClient();

        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"http://{server.RootUrl.Authority}/storage/mlhub/files/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Hrefs_in_items_lead_nowhere_else()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c");
        directory.Write("private/notes.txt", "private");
        directory.Write("crops/crops_c/one/one.json", HubDirectory.Item("one", "crops_c", ("up", "../../../../../etc/passwd"), ("beside", "../../../private/notes.txt"), ("absolute", "/etc/passwd"), ("file", "file:///etc/passwd"), ("gone", "gone.tif")));
        var hub = await directory.OpenAsync();

        var item = await hub.FindItemAsync("crops_c", "one", default);

        var hrefs = item!.Json.GetProperty("assets").EnumerateObject().ToDictionary(asset => asset.Name, asset => asset.Value.GetProperty("href").GetString()!);
        Assert.Equal("files/private/notes.txt", hrefs["beside"]);
        Assert.Equal("files/crops/crops_c/one/gone.tif", hrefs["gone"]);
        Assert.Equal(("../../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"), (hrefs["up"], hrefs["absolute"], hrefs["file"]));
        Assert.Null(await hub.FindFileAsync(["files", "private", "notes.txt"], default));
    }
}
