using System.Diagnostics;
using System.Text.Json;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>The requests of the Python client radiant_mlhub, header by header, to a hub of a directory.</summary>
public sealed class PythonClientTests(OriginHub origin) : IClassFixture<OriginHub>
{
    [PythonTheory]
    [InlineData("0.2.2")]
    [InlineData("0.5.5")]
    public async Task The_Python_client_lists_fetches_pages_filters_downloads_and_resumes(string version)
    {
        await using var directory = new HubDirectory();
        var dataset = await origin.Client.Datasets.GetAsync("sandbox_crops_kenya");
        directory.Write("datasets.json", $"[{dataset.ToJson()}]");
        await dataset.DownloadAssetsAsync(directory.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["labels"] } });
        await dataset.DownloadAsync(directory.Path);
        var server = await directory.ServeAsync();
        var downloads = Directory.CreateDirectory(directory.Place(".python")).FullName;

        var found = await RunAsync(version, server, downloads);

        Assert.Equal("sandbox_crops_kenya", Assert.Single(found.GetProperty("datasets").EnumerateObject()).Name);
        foreach (var collection in (string[])["sandbox_crops_kenya_s1", "sandbox_crops_kenya_s2", "sandbox_crops_kenya_labels"])
        {
            var expected = await origin.Client.Collections.ListItemsAsync(collection).Select(item => item.Id).Order(StringComparer.Ordinal).ToListAsync();
            var labels = collection.EndsWith("_labels", StringComparison.Ordinal);
            Assert.Equal(expected, Texts(found.GetProperty("datasets").GetProperty("sandbox_crops_kenya").GetProperty(collection)));
            Assert.Equal(labels ? expected : [], Texts(found.GetProperty("filtered").GetProperty(collection)));
            Assert.Equal(await File.ReadAllBytesAsync(directory.Place($"{collection}.tar.gz")), await File.ReadAllBytesAsync(Path.Combine(downloads, $"{collection}.tar.gz")));
        }

        Assert.Equal(["sandbox_crops_kenya"], Texts(found.GetProperty("tags")));
        Assert.Equal(3, found.GetProperty("collections").GetArrayLength());
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static async Task<JsonElement> RunAsync(string version, MlHubServer server, string downloads)
    {
        var start = new ProcessStartInfo("python3", [Repository.Place("tests/MlHub.Hub.Tests/python_client.py"), version, server.RootUrl.AbsoluteUri, server.ApiKey, downloads])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("", await error);
        return JsonElement.Parse(await output);
    }
}
