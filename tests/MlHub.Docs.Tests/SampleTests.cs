using System.Net;

namespace MlHub.Docs.Tests;

/// <summary>Samples run against the sandbox server. <see cref="WorkerSampleTests"/> has those of the worker.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class SampleTests(SandboxFixture sandbox)
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public async Task The_quickstart_lists_datasets_and_items_and_downloads_three_archives()
    {
        using var quickstart = SampleProcess.Start("Quickstart", sandbox.Directory, NoSettings);

        var (exitCode, output) = await quickstart.EndAsync();

        Assert.True(exitCode == 0, output);
        Assert.Contains("sandbox_crops_kenya: ", output, StringComparison.Ordinal);
        Assert.Contains("has the files B02, B03, B04, B08", output, StringComparison.Ordinal);
        Assert.Equal(3, output.Split('\n').Count(line => line.Contains(".tar.gz, verified by ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_web_api_lists_datasets_and_redirects_to_the_files_of_an_item()
    {
        const string Item = "collections/sandbox_crops_kenya_s2/items/sandbox_crops_kenya_s2_tile_01_20190904";
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var api = SampleProcess.Start("WebApi", sandbox.Directory, NoSettings);
        http.BaseAddress = new Uri(await api.SaysAsync("Now listening on: "));

        Assert.Contains("sandbox_flood_bangladesh", await http.GetStringAsync("datasets?text=flood"), StringComparison.Ordinal);
        Assert.Contains("\"Feature\"", await http.GetStringAsync(Item), StringComparison.Ordinal);
        using var missing = await http.GetAsync("collections/sandbox_crops_kenya_s2/items/none");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var file = await http.GetAsync($"{Item}/B04");
        Assert.Equal((HttpStatusCode.Redirect, "B04.tif"), (file.StatusCode, file.Headers.Location!.Segments[^1]));
    }
}
