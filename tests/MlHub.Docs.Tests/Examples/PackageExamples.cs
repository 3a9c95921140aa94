using MlHub.Hub;
using MlHub.Sandbox;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples in the README files of the packages.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class PackageExamples
{
    [Fact]
    public async Task A_download_continues_after_a_broken_connection()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
        hub.CutAfter(bytes: 100_000);
        var result = await client.Archives.DownloadAsync("sandbox_crops_kenya_s2", Directory.CreateTempSubdirectory().FullName);
        Assert.Equal(VerificationMethod.Digest, result.Verified.Method);
    }

    [Fact]
    public async Task A_hub_is_served()
    {
        IHub hub = new SandboxHub();

        await using var server = await MlHubServer.StartAsync(hub);   // hub is your IHub
        Console.WriteLine($"{server.RootUrl} {server.ApiKey}");

        Assert.True(server.RootUrl.IsLoopback);
    }

    [Fact]
    public async Task A_directory_is_served()
    {
        var directory = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "broken.json"), "{");

        await using var hub = await DirectoryHub.OpenAsync(directory);
        await using var server = await MlHubServer.StartAsync(hub);
        Console.WriteLine($"{hub.Collections.Count} collections at {server.RootUrl}, key {server.ApiKey}");

        foreach (var file in await hub.ListLeftOutAsync())
        {
            Console.WriteLine($"{file.Path}: {file.Reason}");
        }

        Assert.Single(await hub.ListLeftOutAsync());
    }

    [Fact]
    public async Task A_bucket_is_served()
    {
        await File.WriteAllTextAsync("crops.hub.json", """{ "id": "docs", "datasets": [ { "id": "crops", "place": { "type": "directory", "path": "places-of-docs" }, "collections": [ { "id": "crops_source", "items": ["{tile}.tif"] } ] } ] }""");
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory("places-of-docs").FullName, "01.tif"), "image");

        var definition = await HubDefinition.ReadAsync("crops.hub.json");
        await using var hub = await DefinedHub.OpenAsync(definition);
        await using var server = await MlHubServer.StartAsync(hub);

        Assert.Equal(1, Assert.Single(hub.Collections).Items);
    }
}
