using System.Diagnostics;
using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>The requests of the Python clients radiant_mlhub and pystac-client, header by header, to a hub of a directory.</summary>
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

        var found = JsonElement.Parse(await RunAsync("python_client.py", version, server.RootUrl.AbsoluteUri, server.ApiKey, downloads));

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

    [PythonTheory]
    [InlineData("sandbox_crops_kenya_s2")]
    public async Task Pystac_client_lists_pages_searches_sorts_and_filters(string collection)
    {
        await using var directory = new HubDirectory();
        var dataset = await origin.Client.Datasets.GetAsync("sandbox_crops_kenya");
        directory.Write("datasets.json", $"[{dataset.ToJson()}]");
        await dataset.DownloadAssetsAsync(directory.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["labels"] } });
        var server = await directory.ServeAsync();
        var items = await origin.Client.Collections.ListItemsAsync(collection).OrderBy(item => item.Id, StringComparer.Ordinal).ToListAsync();

        var seen = JsonElement.Parse(await RunAsync("pystac_client.py", server.RootUrl.AbsoluteUri, server.ApiKey, collection));
        var found = seen.GetProperty("found");

        Assert.Contains(collection, Texts(seen.GetProperty("collections")));
        Assert.Contains("datetime", Texts(seen.GetProperty("queryables")));
        Assert.All(["listed", "all", "paged"], name => Assert.Equal(items.Select(item => item.Id), Texts(name == "listed" ? seen.GetProperty(name) : found.GetProperty(name))));
        Assert.Equal(items.Where(item => item.DateTime < new DateTime(2019, 8, 1)).Select(item => item.Id), Texts(found.GetProperty("place_and_time")));
        Assert.Equal(items.Where(item => item.DateTime >= new DateTime(2019, 8, 1)).Select(item => item.Id), Texts(found.GetProperty("query")));
        Assert.Equal(items.Where(item => item.Id.Contains("tile_01", StringComparison.Ordinal)).Select(item => item.Id), Texts(found.GetProperty("filter")));
        Assert.Equal(items.Where(item => item.Id.Contains("tile_01", StringComparison.Ordinal)).Select(item => item.Id), Texts(found.GetProperty("shape")));
        Assert.Equal(items.OrderByDescending(item => item.DateTime).ThenBy(item => item.Id, StringComparer.Ordinal).Select(item => item.Id), Texts(found.GetProperty("sorted")));
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Repository.Place($"tests/MlHub.Hub.Tests/{script}"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("", await error);
        return await output;
    }
}
