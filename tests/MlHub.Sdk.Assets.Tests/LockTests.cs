using System.Security.Cryptography;
using System.Text.Json;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>A lock repeats a download byte for byte.</summary>
public sealed class LockTests : IDisposable
{
    private static readonly Dictionary<string, double> Splits = new() { ["train"] = 0.8, ["test"] = 0.2 };

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Lock => _folder["mlhub.lock"];

    [Fact]
    public async Task A_lock_has_the_selection_the_digests_and_the_splits()
    {
        var hub = Hub(items: 50);
        var options = new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02", "legend"] } };
        await hub.Dataset().DownloadAssetsAsync(_folder.Path, options);

        var locked = await hub.Dataset().LockAssetsAsync(Lock, _folder.Path, options, Splits, seed: 7);

        Assert.Equal(51, locked.Files);
        Assert.InRange(locked.Splits["train"], 30, 48);
        Assert.Equal(50, locked.Splits["train"] + locked.Splits["test"]);
        var head = AssetsLock.Read(Lock);
        Assert.Equal(("set", 7), (head.DatasetId, head.Seed));
        Assert.Equal(["B02", "legend"], head.Filter.Keys);
        Assert.Equal(Splits, head.Splits);
        foreach (var asset in AssetsLock.ReadAssets(Lock))
        {
            var bytes = await File.ReadAllBytesAsync(_folder[$"set/{asset.Path}"]);
            Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), (asset.Sha256, (int)asset.Bytes));
            Assert.Equal(asset.ItemId is null, asset.Split is null);
        }
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_lock_and_another_one_another()
    {
        var hub = Hub(items: 50);
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        await hub.Dataset().LockAssetsAsync(_folder["a"], _folder.Path, splits: Splits, seed: 1);
        await hub.Dataset().LockAssetsAsync(_folder["b"], _folder.Path, splits: Splits, seed: 1);
        await hub.Dataset().LockAssetsAsync(_folder["c"], _folder.Path, splits: Splits, seed: 2);

        Assert.Equal(await File.ReadAllTextAsync(_folder["a"]), await File.ReadAllTextAsync(_folder["b"]));
        Assert.NotEqual(await File.ReadAllTextAsync(_folder["a"]), await File.ReadAllTextAsync(_folder["c"]));
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder["a"]));
        Assert.Equal(101, json.RootElement.GetProperty("assets").GetArrayLength());
    }

    [Fact]
    public async Task A_locked_download_fetches_exactly_these_bytes()
    {
        var hub = Hub(items: 3);
        var options = new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02"] } };
        await hub.Dataset().DownloadAssetsAsync(_folder["one"], options);
        await hub.Dataset().LockAssetsAsync(Lock, _folder["one"], options);

        var result = await hub.Dataset().DownloadAssetsAsync(_folder["two"], new DatasetAssetsOptions { LockFile = Lock });

        Assert.Equal((3, 3, 0), (result.Selected, result.Downloaded, result.Failed));
        Assert.Equal(3, Directory.GetFiles(_folder["two"], "*.tif", SearchOption.AllDirectories).Length);

        // Files that are there are read: one of them was changed, and has its size.
        await File.WriteAllBytesAsync(_folder["two/set/c/i1/B02.tif"], new byte[new FileInfo(_folder["two/set/c/i1/B02.tif"]).Length]);
        hub.FileRequests.Clear();
        var again = await hub.Dataset().DownloadAssetsAsync(_folder["two"], new DatasetAssetsOptions { LockFile = Lock });
        Assert.Equal((2, 1), (again.AlreadyThere, again.Downloaded));
        Assert.Equal("/c/i1/B02.tif", Assert.Single(hub.FileRequests));
    }

    [Fact]
    public async Task Bytes_that_differ_from_the_lock_fail_and_are_not_stored()
    {
        var hub = Hub(items: 2);
        await hub.Dataset().DownloadAssetsAsync(_folder["one"]);
        await hub.Dataset().LockAssetsAsync(Lock, _folder["one"]);
        hub.Instead = url => url.AbsolutePath == "/c/i0/B02.tif" ? FakeHub.Whole(FakeHub.BytesOf("/other"), "image/tiff") : null;

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder["two"], new DatasetAssetsOptions { LockFile = Lock }));

        Assert.Equal(1, error.Result.Failed);
        Assert.Contains("/c/i0/B02.tif", await File.ReadAllTextAsync(error.Result.ErrorReportPath!), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["two/set/c/i0/B02.tif"]));
    }

    [Fact]
    public async Task A_retry_of_a_locked_download_still_requires_these_bytes()
    {
        var hub = Hub(items: 2);
        hub.Api = url => url.AbsolutePath.Contains("/datasets/", StringComparison.Ordinal) ? FakeHub.Whole("""{"id": "set"}"""u8.ToArray(), "application/json") : FakeHub.Whole(hub.Catalogue, "application/gzip");
        await hub.Dataset().DownloadAssetsAsync(_folder["one"]);
        await hub.Dataset().LockAssetsAsync(Lock, _folder["one"]);
        hub.Instead = url => url.AbsolutePath == "/c/i0/B02.tif" ? FakeHub.Whole(FakeHub.BytesOf("/other"), "image/tiff") : null;
        var first = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder["two"], new DatasetAssetsOptions { LockFile = Lock }));

        var second = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Client().RetryAssetsAsync(first.Result.ReportPath!));
        hub.Instead = null;
        var third = await hub.Client().RetryAssetsAsync(second.Result.ReportPath!);

        Assert.Equal((1, 1, 1, 1), (second.Result.Selected, second.Result.Failed, third.Selected, third.Downloaded));
    }

    [Fact]
    public async Task A_catalogue_that_lacks_a_locked_asset_is_an_error_that_names_it()
    {
        var hub = Hub(items: 2);
        await hub.Dataset().DownloadAssetsAsync(_folder["one"]);
        await hub.Dataset().LockAssetsAsync(Lock, _folder["one"]);

        var error = await Assert.ThrowsAsync<MlHubException>(() => Hub(items: 1).Dataset().DownloadAssetsAsync(_folder["two"], new DatasetAssetsOptions { LockFile = Lock }));

        Assert.Contains("'c/i1/B02.tif'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_differs_from_the_catalogue_is_not_locked()
    {
        var catalogue = new Catalogue().AddItem("c", "i0", ["B02"], item => item["assets"]!["B02"]!["file:checksum"] = $"1220{Convert.ToHexStringLower(SHA256.HashData(FakeHub.BytesOf("/c/i0/B02.tif")))}");
        var hub = new FakeHub(catalogue);
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        await File.WriteAllBytesAsync(_folder["set/c/i0/B02.tif"], new byte[new FileInfo(_folder["set/c/i0/B02.tif"]).Length]);

        var error = await Assert.ThrowsAsync<MlHubException>(() => hub.Dataset().LockAssetsAsync(Lock, _folder.Path));

        Assert.Contains("other bytes than the catalogue says", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path": "c/i0/B02.tif", "key": "B02", "bytes": 1, "sha256": "DIGEST"}, {"path": "c/i0/B02.tif", "key": "B02", "bytes": 1, "sha256": "DIGEST"}""", "twice")]
    [InlineData("", "has no files")]
    [InlineData("""{"path": "c/i0/B02.tif", "key": "B02", "bytes": 1}""", "asset 1 has no path, key, bytes or sha256")]
    public async Task A_lock_with_odd_assets_is_wrong(string assets, string words)
    {
        var path = _folder.Write("mlhub.lock", $$"""{"version": 1, "dataset": "set", "assets": [{{assets.Replace("DIGEST", new string('0', 64), StringComparison.Ordinal)}}]}""");

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Hub(items: 1).Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { LockFile = path }));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_not_there_cannot_be_locked()
    {
        var hub = Hub(items: 2);
        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02"] } });

        var error = await Assert.ThrowsAsync<MlHubException>(() => hub.Dataset().LockAssetsAsync(Lock, _folder.Path));

        Assert.Contains("3 of 5 selected assets are not in", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Lock));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"version\": 2, \"dataset\": \"set\", \"assets\": []}")]
    [InlineData("{\"version\": 1, \"assets\": []}")]
    [InlineData("{\"version\": 1, \"dataset\": \"set\"}")]
    [InlineData("{\"version\": 1, \"dataset\": \"other\", \"assets\": []}")]
    public async Task Anything_but_a_lock_of_the_dataset_is_wrong_before_any_request(string json)
    {
        var path = _folder.Write("mlhub.lock", json);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Hub(items: 1).Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { LockFile = path }));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.8, 0.3)]
    [InlineData(1.2, -0.2)]
    [InlineData(0.5, 0.4)]
    public async Task Shares_that_are_not_one_together_are_wrong(double train, double test) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Hub(items: 1).Dataset().LockAssetsAsync(Lock, _folder.Path, splits: new Dictionary<string, double> { ["train"] = train, ["test"] = test }));

    private static FakeHub Hub(int items)
    {
        var catalogue = new Catalogue().AddCollection("c", "legend");
        for (var number = 0; number < items; number++)
        {
            catalogue.AddItem("c", $"i{number}", "B02", "B03");
        }

        return new FakeHub(catalogue);
    }
}
