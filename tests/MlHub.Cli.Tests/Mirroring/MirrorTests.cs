using Microsoft.AspNetCore.Http;
using MlHub.Hub;
using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Cli.Tests;

public sealed class MirrorTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private static readonly string[] Datasets = ["sandbox_crops_kenya", "sandbox_landcover_tiles", "sandbox_assets_world"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_mirror_of_a_hub_that_serves_a_mirror_is_the_same_byte_for_byte()
    {
        var first = await hub.RunAsync(["mirror", .. Datasets, "--output", _directory["first"]]);
        var second = await MirrorOfMirrorAsync("first", "second", Datasets);
        var third = await MirrorOfMirrorAsync("second", "third", Datasets);

        Assert.Equal(first.Output, second.Output);
        Assert.Empty(Files("first").Except(Files("second")).Union(Files("second").Except(Files("first"))));
        Assert.Empty(Files("first").Except(Files("third")).Union(Files("third").Except(Files("first"))));

        // One asset of the sandbox does not exist.
        Assert.Equal((5, 5, 5), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.Contains("sandbox_assets_world: sandbox_assets_world_scenes/scene_without_time/B04.tif: ", first.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_has_the_catalogue_the_assets_the_archives_and_the_datasets()
    {
        (await hub.RunAsync("mirror", "sandbox_crops_kenya", "--output", _directory["mirror"])).Quietly();

        var files = Files("mirror").Keys.ToArray();
        Assert.Contains("datasets.json", files);
        Assert.Contains("sandbox_crops_kenya_s2.tar.gz", files);
        Assert.Contains("sandbox_crops_kenya/catalog.json", files);
        Assert.Contains("sandbox_crops_kenya/sandbox_crops_kenya_labels/_common/documentation.txt", files);
        Assert.DoesNotContain(files, file => file.Contains(".mlhub", StringComparison.Ordinal) || file.EndsWith(".db", StringComparison.Ordinal));
        var item = await File.ReadAllTextAsync(_directory["mirror/sandbox_crops_kenya/sandbox_crops_kenya_labels/sandbox_crops_kenya_labels_tile_01/sandbox_crops_kenya_labels_tile_01.json"]);
        Assert.Contains("\"../_common/documentation.txt\"", item, StringComparison.Ordinal);
        Assert.Contains("\"./labels.geojson\"", item, StringComparison.Ordinal);
        Assert.DoesNotContain("http://127.0.0.1", item, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_without_catalogues_is_mirrored_from_its_pages()
    {
        var options = new MlHubServerOptions { ApiKeys = [Mlhub.Key], Middleware = [WithoutCatalogues] };
        await using var server = await MlHubServer.StartAsync(new SandboxHub(), options);

        (await Mlhub.RunAsync("mirror", "sandbox_crops_kenya", "--output", _directory["first"], "--root-url", server.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key)).Quietly();
        await MirrorOfMirrorAsync("first", "second", "sandbox_crops_kenya");

        Assert.Empty(Files("first").Except(Files("second")).Union(Files("second").Except(Files("first"))));
        Assert.Contains("sandbox_crops_kenya/sandbox_crops_kenya_s2/collection.json", Files("first").Keys);
        Assert.All(Directory.EnumerateFiles(_directory["first"], "*.json", SearchOption.AllDirectories), file => Assert.DoesNotContain("http://127.0.0.1", File.ReadAllText(file), StringComparison.Ordinal));

        static Task WithoutCatalogues(HttpContext context, RequestDelegate next)
        {
            if (!context.Request.Path.Value!.Contains("/catalog/", StringComparison.Ordinal))
            {
                return next(context);
            }

            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task An_unknown_dataset_is_reported_and_the_others_are_mirrored()
    {
        var outcome = await hub.RunAsync("mirror", "no_such_dataset", "sandbox_storms_pacific", "--output", _directory["mirror"]);

        Assert.Equal(5, outcome.ExitCode);
        Assert.Contains("no_such_dataset", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory["mirror/sandbox_storms_pacific/catalog.json"]));
    }

    private async Task<Outcome> MirrorOfMirrorAsync(string from, string to, params string[] datasets)
    {
        await using var served = await DirectoryHub.OpenAsync(_directory[from]);
        await using var server = await MlHubServer.StartAsync(served, new MlHubServerOptions { ApiKeys = [Mlhub.Key] });
        return await Mlhub.RunAsync(["mirror", .. datasets, "--output", _directory[to], "--root-url", server.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key]);
    }

    // Without the hub's own folder.
    private SortedDictionary<string, string> Files(string directory) => new(
        Directory.EnumerateFiles(_directory[directory], "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(_directory[directory], path).Replace('\\', '/'), Path: path))
            .Where(file => !file.Name.StartsWith(".mlhub/", StringComparison.Ordinal))
            .ToDictionary(file => file.Name, file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.Path)))),
        StringComparer.Ordinal);
}
