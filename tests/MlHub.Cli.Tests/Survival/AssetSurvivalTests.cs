using System.Security.Cryptography;
using MlHub.Sandbox;

namespace MlHub.Cli.Tests;

/// <summary>A download of many assets is killed at random moments, or its disk is full.</summary>
public sealed class AssetSurvivalTests : SurvivalTest
{
    private const string Dataset = "sandbox_crops_kenya";
    private const int Kills = 12;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    [UnixFact]
    public async Task A_run_after_kills_ends_in_the_tree_of_an_undisturbed_run()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        hub.Delay(TimeSpan.FromMilliseconds(5));
        var command = Command(hub);
        var undisturbed = Output + "-undisturbed";
        await EndAsync([.. command, "--output", undisturbed]);
        var random = new Random();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var run = MlHubProcess.Start([.. command, "--output", Output]);
            await Task.WhenAny(run.EndAsync(), Task.Delay(Longest * random.NextDouble()));
            run.Kill();
        }

        await EndAsync([.. command, "--output", Output]);

        Assert.Equal(Tree(undisturbed), Tree(Output));
        var requests = hub.Requests.Count;
        await EndAsync([.. command, "--output", Output]);
        Assert.DoesNotContain(hub.Requests.Skip(requests), request => request.Path.Contains("/assets/", StringComparison.Ordinal));
    }

    [SmallDiskFact]
    public async Task A_full_disk_ends_the_run_with_one_line_and_a_later_run_fetches_only_what_is_missing()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var disk = SmallDisk.Mount(16 * 1024 * 1024);
        var hog = Path.Combine(disk.Path, "hog");
        await File.WriteAllBytesAsync(hog, new byte[12 * 1024 * 1024]);
        var data = Path.Combine(disk.Path, "data");
        using (var run = MlHubProcess.Start([.. Command(hub), "--output", data]))
        {
            var exit = await run.EndAsync();
            Assert.Equal(1, exit.Code);
            Assert.Contains("no space left on the disk", Assert.Single(exit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(data, "*.mlhub-*", SearchOption.AllDirectories));
        var stored = Directory.GetFiles(data, "*.tif", SearchOption.AllDirectories).Length;
        File.Delete(hog);
        var requests = hub.Requests.Count;
        await EndAsync([.. Command(hub), "--output", data]);

        var all = Directory.GetFiles(data, "*.tif", SearchOption.AllDirectories).Length;
        Assert.InRange(stored, 1, all - 1);
        Assert.InRange(hub.Requests.Skip(requests).Count(request => request.Path.EndsWith(".tif", StringComparison.Ordinal)), all - stored, all);
    }

    private static string[] Command(MlHubSandbox hub) =>
        ["assets", "download", Dataset, "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", hub.ApiKey, "--concurrency", "4", "--no-fsync"];

    private static async Task EndAsync(string[] command)
    {
        using var run = MlHubProcess.Start(command);
        var exit = await run.EndAsync();
        Assert.True(exit.Code == 0, exit.Error);
    }

    // The database has the times of nothing, but SQLite may lay out its pages in another way.
    private static Dictionary<string, string> Tree(string directory) => Directory.GetFiles(directory, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".db", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .ToDictionary(file => Path.GetRelativePath(directory, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
