using System.Security.Cryptography;
using MlHub.Sandbox;

namespace MlHub.Cli.Tests;

/// <summary>SIGKILL at random moments of a download of many assets.</summary>
public sealed class AssetKillTests : SurvivalTest
{
    private const string Dataset = "sandbox_crops_kenya";
    private const int Kills = 12;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    [UnixFact]
    public async Task A_run_after_kills_ends_in_the_tree_of_an_undisturbed_run()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        hub.Delay(TimeSpan.FromMilliseconds(5));
        string[] command = ["assets", "download", Dataset, "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", hub.ApiKey, "--concurrency", "4", "--no-fsync"];
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
