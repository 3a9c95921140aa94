using MlHub.Sandbox;
using MlHub.Sdk;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples of docs/sdk.md and docs/reading-remote-files.md.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class SdkExamples
{
    [Fact]
    public void A_client_with_the_settings_of_the_environment()
    {
        using var client = new MlHubClient();
        Assert.EndsWith("/mlhub/v1/", client.RootUrl.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_with_options()
    {
        var options = new MlHubClientOptions
        {
            ApiKey = "sandbox-key",
            RootUrl = new Uri("http://127.0.0.1:8765/mlhub/v1/"),
            Transfer = new TransferOptions { StallTimeout = TimeSpan.FromSeconds(10), MaxRetries = 3 },
        };
        using var client = new MlHubClient(options);
        Assert.Equal(options.RootUrl, client.RootUrl);
    }

    [Fact]
    public async Task Datasets_collections_and_items()
    {
        using var client = new MlHubClient();

        await foreach (var dataset in client.Datasets.ListAsync(new DatasetQuery { Tags = ["segmentation"] }))
            Console.WriteLine($"{dataset.Id}: {dataset.Title}");

        var crops = await client.Datasets.GetAsync("sandbox_crops_kenya");   // by id or by DOI
        var collections = await crops.GetCollectionsAsync();
        foreach (var labels in collections.Labels)
            Console.WriteLine($"{labels.Id}: {await labels.GetArchiveSizeAsync()} bytes");

        var query = new ItemQuery { Limit = 100, DateTime = TemporalInterval.Parse("2019-09-01T00:00:00Z/..") };
        await foreach (var item in client.Collections.ListItemsAsync("sandbox_crops_kenya_s2", query))
            Console.WriteLine($"{item.Id} {item.Time?.Start:u} {item.Geometry}");
    }

    [Fact]
    public async Task A_search()
    {
        using var client = new MlHubClient();

        var search = new ItemSearch
        {
            Collections = ["sandbox_crops_kenya_s2"],
            Bbox = new Bbox(34, 0, 35, 1),
            DateTime = TemporalInterval.Parse("2019-07-01T00:00:00Z/.."),
            Filter = "eo:cloud_cover < 50",   // CQL2
            SortBy = ["-properties.datetime"],
        };
        await foreach (var item in client.Items.SearchAsync(search))
            Console.WriteLine($"{item.Id} {item.Time?.Start:u}");

        Assert.NotEqual(0, await client.Items.SearchAsync(search).CountAsync());
    }

    [Fact]
    public async Task The_files_of_an_item()
    {
        using var client = new MlHubClient();

        var item = await client.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_01_20190904");
        foreach (var (key, asset) in item.Assets)
            Console.WriteLine($"{key}: {asset.Href}");
    }

    [Fact]
    public async Task A_part_of_a_dataset()
    {
        using var client = new MlHubClient();

        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");
        var result = await dataset.DownloadAssetsAsync("data", new DatasetAssetsOptions
        {
            Filter = new AssetFilter
            {
                Keys = ["image", "B*"],
                Bbox = new Bbox(34.2, 0.1, 34.4, 0.5),
                DateTime = TemporalInterval.Parse("2021-01-01/2021-03-31"),
            },
        });
        Console.WriteLine($"{result.Downloaded} downloaded, {result.AlreadyThere} were already there");

        Assert.Equal(2, result.Selected);
    }

    [Fact]
    public async Task Several_machines()
    {
        Environment.SetEnvironmentVariable("JOB_COMPLETION_INDEX", "0");
        Environment.SetEnvironmentVariable(AssetShard.CountVariable, "1");
        using var client = new MlHubClient();
        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");

        var options = new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image"] }, Shard = AssetShard.FromEnvironment() };
        await dataset.DownloadAssetsAsync("parts", options);

        // After all shards:
        var merged = DatasetAssetsExtensions.MergeAssetShards(["parts"]);
        Console.WriteLine($"{merged.Files} files of {merged.Shards} shards");

        Assert.Equal(1, merged.Shards);
    }

    [Fact]
    public async Task The_same_bytes_again()
    {
        using var client = new MlHubClient();
        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");
        await dataset.DownloadAssetsAsync("data", new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image"] } });

        var splits = new Dictionary<string, double> { ["train"] = 0.8, ["test"] = 0.2 };
        var locked = await dataset.LockAssetsAsync("mlhub.lock", "data", new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image"] } }, splits, seed: 7);
        foreach (var asset in AssetsLock.ReadAssets("mlhub.lock").Where(asset => asset.Split == "train"))
        {
            Console.WriteLine(asset.Path);
        }

        Assert.Equal(locked.Files, locked.Splits.Values.Sum());
    }

    [Fact]
    public async Task A_part_of_a_remote_file()
    {
        using var client = new MlHubClient();

        var item = await client.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_01_20190904");
        await using var stream = await item.OpenReadAsync("B04");   // client.OpenReadAsync(url) opens any address
        var header = new byte[8];
        await stream.ReadExactlyAsync(header);
        Console.WriteLine($"{stream.Length} bytes, beginning with {Convert.ToHexString(header)}");

        Assert.Equal("49492A00", Convert.ToHexString(header)[..8]);
    }

    [Fact]
    public async Task A_dataset_is_downloaded()
    {
        using var client = new MlHubClient();

        var dataset = await client.Datasets.GetAsync("sandbox_crops_kenya");
        var progress = new Progress<DownloadProgress>(now => Console.WriteLine($"{now.Phase}: {now.BytesDone} of {now.TotalBytes} bytes"));
        foreach (var archive in await dataset.DownloadAsync("data", new DownloadOptions { Connections = 4 }, progress))
            Console.WriteLine($"{archive.Path}: {archive.Bytes} bytes, verified by {archive.Verified}, skipped: {archive.Skipped}");

        Assert.Equal(3, Directory.GetFiles("data", "sandbox_crops_kenya*.tar.gz").Length);
    }

    [Fact]
    public async Task An_archive_with_a_known_digest()
    {
        using var client = new MlHubClient();

        var request = client.Archives.CreateRequest("sandbox_crops_kenya_s2", "data");
        var digest = FileDigest.Parse("sha-256:d6b5c309bbc79477f04bd2eaf75c28a3b1210ecb2a92329c447a2db80bec366e");
        var result = await client.Downloader.DownloadAsync(request with { ExpectedDigests = [digest] });

        Assert.Equal(SkipReason.Digest, result.SkipReason ?? SkipReason.Digest);
    }

    [Fact]
    public async Task Any_url()
    {
        using var client = new MlHubClient();

        var item = await client.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_01_20190904");
        using var downloader = new ResumableDownloader();   // create one and keep it
        var red = await downloader.DownloadAsync(DownloadRequest.Create(new Uri(item.Assets["B04"].Href!), "data"));
        Console.WriteLine((await downloader.VerifyAsync(red.Path)).Status);   // checks the file again, without the server

        var bands = new[] { "B02", "B03", "B08" }.Select(band => DownloadRequest.Create(new Uri(item.Assets[band].Href!), "data"));
        await foreach (var outcome in downloader.DownloadAllAsync(bands, concurrency: 2))
            Console.WriteLine(outcome.Succeeded ? $"{outcome.Result}" : $"{outcome.Request}: {outcome.Error.Message}");

        Assert.Equal(4, Directory.GetFiles("data", "B0?.tif").Length);
    }

    [Fact]
    public async Task An_error_is_caught()
    {
        using var client = new MlHubClient();

        try
        {
            await client.Datasets.GetAsync("no_such_dataset");
        }
        catch (EntityDoesNotExistException error)
        {
            Console.WriteLine($"{error.StatusCode}: {error.ServerMessage}");
        }
    }

    [Fact]
    public async Task A_sandbox_server_in_one_line()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
        Assert.NotNull(await client.Datasets.GetAsync("sandbox_crops_kenya"));
    }
}
