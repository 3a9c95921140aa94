using MlHub.Hub;
using MlHub.Sandbox;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples in the README files of the packages.</summary>
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

        foreach (var file in hub.ListLeftOut())
        {
            Console.WriteLine($"{file.Path}: {file.Reason}");
        }

        Assert.Single(hub.ListLeftOut());
    }
}
