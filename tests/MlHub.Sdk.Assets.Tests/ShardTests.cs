using System.Net;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>Several runs share the work, and their results are joined.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static FakeHub Hub()
    {
        var catalogue = new Catalogue().AddCollection("c", "legend");
        for (var number = 0; number < 20; number++)
        {
            catalogue.AddItem("c", $"i{number}", "B02", "B03", "readme");
        }

        return new FakeHub(catalogue);
    }

    private static DatasetAssetsOptions Shard(int number, int count) => new() { Shard = new AssetShard(number, count) };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task All_shards_together_fetch_what_one_run_fetches(int count)
    {
        var whole = new FakeHubFiles(Hub());
        await whole.Hub.Dataset().DownloadAssetsAsync(_folder["whole"]);
        var parts = new FakeHubFiles(Hub());

        for (var number = count; number >= 1; number--)
        {
            await parts.Hub.Dataset().DownloadAssetsAsync(_folder["parts"], Shard(number, count));
        }

        var merged = DatasetAssetsExtensions.MergeAssetShards([_folder["parts"]]);

        Assert.Equal(whole.Asked(), parts.Asked());
        Assert.Equal(("set", count, 61L), (merged.DatasetId, merged.Shards, merged.Files));
        Assert.Equal(FilesOf(_folder["whole"]), FilesOf(_folder["parts"]));

        // The joined database is that of one run, which has nothing left to do.
        var asked = parts.Asked().Count;
        var again = await parts.Hub.Dataset().DownloadAssetsAsync(_folder["parts"]);
        Assert.Equal((61, 61, 0), (again.Selected, again.AlreadyThere, again.Downloaded));
        Assert.Equal(asked, parts.Asked().Count);
    }

    [Fact]
    public async Task A_shard_that_is_missing_or_not_complete_is_named_and_nothing_is_merged()
    {
        var hub = Hub();
        await hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(1, 4));
        await hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(2, 4));
        hub.Instead = url => url.AbsolutePath.EndsWith("B02.tif", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotFound) : null;
        await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(4, 4)));

        var error = Assert.Throws<IncompleteShardsException>(() => DatasetAssetsExtensions.MergeAssetShards([_folder["data"]]));

        Assert.Equal([3, 4], error.Shards);
        Assert.Contains("shard 3 is missing; shard 4 lacks ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["data/set/mlhub_stac_assets.db"]));
    }

    [Fact]
    public async Task A_shard_that_was_ended_is_run_again_and_then_complete()
    {
        var hub = Hub();
        using var end = new CancellationTokenSource();
        hub.Instead = url =>
        {
            if (hub.FileRequests.Count == 5)
            {
                end.Cancel();
            }

            return null;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(1, 2) with { Concurrency = 1 }, cancellationToken: end.Token));
        await hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(2, 2));
        Assert.Equal([1], Assert.Throws<IncompleteShardsException>(() => DatasetAssetsExtensions.MergeAssetShards([_folder["data"]])).Shards);

        await hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(1, 2));

        Assert.Equal(61, DatasetAssetsExtensions.MergeAssetShards([_folder["data"]]).Files);
    }

    [Fact]
    public async Task A_shard_whose_file_was_removed_is_not_complete()
    {
        var hub = Hub();
        await hub.Dataset().DownloadAssetsAsync(_folder["data"], Shard(1, 1));
        File.Delete(_folder["data/set/c/i7/B02.tif"]);

        var error = Assert.Throws<IncompleteShardsException>(() => DatasetAssetsExtensions.MergeAssetShards([_folder["data"]]));

        Assert.Contains("shard 1 lacks 1 of 61 files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_of_different_filters_or_counts_are_not_merged()
    {
        var hub = Hub();
        await hub.Dataset().DownloadAssetsAsync(_folder["one"], Shard(1, 2));
        await hub.Dataset().DownloadAssetsAsync(_folder["two"], Shard(2, 2) with { Filter = new AssetFilter { Keys = ["B02"] } });
        await hub.Dataset().DownloadAssetsAsync(_folder["three"], Shard(2, 3));

        Assert.Contains("different filters", Assert.Throws<ArgumentException>(() => DatasetAssetsExtensions.MergeAssetShards([_folder["one"], _folder["two"]])).Message, StringComparison.Ordinal);
        Assert.Contains("one of 3", Assert.Throws<ArgumentException>(() => DatasetAssetsExtensions.MergeAssetShards([_folder["one"], _folder["three"]])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2/8", 2, 8)]
    [InlineData("1/1", 1, 1)]
    public void A_shard_is_written_as_number_and_count(string text, int number, int count)
    {
        var shard = AssetShard.Parse(text);

        Assert.Equal((number, count, text), (shard.Number, shard.Count, shard.ToString()));
    }

    [Theory]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("1/0")]
    [InlineData("8")]
    [InlineData("a/b")]
    [InlineData("-1/8")]
    [InlineData("1/8/2")]
    public void Any_other_text_is_not_a_shard(string text) => Assert.Throws<FormatException>(() => AssetShard.Parse(text));

    [Theory]
    [InlineData("3/8", "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_COUNT=8")]
    [InlineData("2/4", "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=4")]
    [InlineData("3/4", "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MIN=2", "SLURM_ARRAY_TASK_COUNT=1", "MLHUB_SHARD_COUNT=4")]
    [InlineData("1/10", "AWS_BATCH_JOB_ARRAY_INDEX=0", "AWS_BATCH_JOB_ARRAY_SIZE=10")]
    [InlineData("5/5", "JOB_COMPLETION_INDEX=4", "MLHUB_SHARD_COUNT=5")]
    [InlineData("4/6", "AZ_BATCH_TASK_ID=download-3", "MLHUB_SHARD_COUNT=6")]
    public void The_shard_is_that_of_the_scheduler(string expected, params string[] variables) => Assert.Equal(expected, AssetShard.FromEnvironment(In(variables)).ToString());

    [Theory]
    [InlineData("none of SLURM_ARRAY_TASK_ID")]
    [InlineData("set MLHUB_SHARD_COUNT", "JOB_COMPLETION_INDEX=4")]
    [InlineData("'5'", "JOB_COMPLETION_INDEX=5", "MLHUB_SHARD_COUNT=5")]
    [InlineData("begins at 2", "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MIN=2", "SLURM_ARRAY_TASK_COUNT=1")]
    [InlineData("'2'", "SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=2")]
    [InlineData("'x'", "SLURM_ARRAY_TASK_ID=x", "SLURM_ARRAY_TASK_COUNT=4")]
    public void An_unusable_scheduler_is_an_error_that_says_why(string words, params string[] variables) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => AssetShard.FromEnvironment(In(variables))).Message, StringComparison.Ordinal);

    private static Func<string, string?> In(string[] variables) => name => Array.Find(variables, variable => variable.StartsWith($"{name}=", StringComparison.Ordinal))?.Split('=', 2)[1];

    private static string[] FilesOf(string directory) => [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(directory, file))
        .Where(file => !file.Contains(".db", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    private sealed record FakeHubFiles(FakeHub Hub)
    {
        public List<string> Asked() => [.. Hub.FileRequests.Order(StringComparer.Ordinal)];
    }
}
