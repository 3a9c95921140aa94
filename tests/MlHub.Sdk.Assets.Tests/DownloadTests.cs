using System.Net;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sandbox;

namespace MlHub.Sdk.Assets.Tests;

public sealed class DownloadTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_selected_assets_of_the_sandbox_are_downloaded_and_a_missing_one_is_reported()
    {
        await using var sandbox = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = sandbox.RootUrl, ApiKey = sandbox.ApiKey });
        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => dataset.DownloadAssetsAsync(_folder.Path));

        var result = error.Result;
        Assert.Equal((14, 13, 0, 1), (result.Selected, result.Downloaded, result.AlreadyThere, result.Failed));
        Assert.Equal(3, result.RefusedCount);
        Assert.True(File.Exists(_folder["sandbox_assets_world/sandbox_assets_world_scenes/scene_1/metadata.json"]));
        Assert.True(File.Exists(_folder["sandbox_assets_world/sandbox_assets_world_scenes/scene_1/scene_1.json"]));
        var report = await File.ReadAllLinesAsync(result.ErrorReportPath!);
        Assert.Matches("^.*404.*,sandbox_assets_world,sandbox_assets_world_scenes,scene_without_time,B04,http://.*/scene_without_time/B04.tif$", Assert.Single(report));
        Assert.Equal(["data"], Directory.GetFileSystemEntries(_folder.Parent).Select(Path.GetFileName));
        Assert.All(sandbox.Requests.Where(request => request.Path.Contains("/assets/", StringComparison.Ordinal)), request => Assert.False(request.HasKey));
    }

    [Fact]
    public async Task A_second_run_sends_no_request_for_an_asset()
    {
        var hub = new FakeHub(new Catalogue().AddCollection("c", "legend").AddItem("c", "1", "B02", "B04", "readme").AddItem("c", "2", "B02", "readme"));
        var first = await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        var tree = _folder.Tree();
        hub.FileRequests.Clear();

        var second = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        // Both items have the same key, but each its own readme.
        Assert.Equal((6, 6, 0), (first.Selected, first.Downloaded, first.AlreadyThere));
        Assert.Equal((6, 0, 6, 0), (second.Selected, second.Downloaded, second.AlreadyThere, second.Bytes));
        Assert.Empty(hub.FileRequests);
        Assert.Equal(tree, _folder.Tree());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_of_another_asset_at_the_same_path_and_of_the_same_size_is_fetched_again(bool wasKilled)
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02"], item => item["assets"]!["B02"]!["href"] = "https://files.test/old1.tif"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        if (wasKilled)
        {
            // A run that is killed has not recorded its last files.
            await using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder["set/mlhub_stac_assets.db"]};Pooling=False");
            database.Open();
            await using var command = database.CreateCommand();
            command.CommandText = "UPDATE assets SET status = NULL";
            command.ExecuteNonQuery();
        }

        hub.Catalogue = new Catalogue().AddItem("c", "1", ["B02"], item => item["assets"]!["B02"]!["href"] = "https://files.test/new1.tif").ToBytes();
        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((1, 0), (result.Downloaded, result.AlreadyThere));
        Assert.Equal(FakeHub.BytesOf("/new1.tif"), await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));
        Assert.Equal((0, 1), await hub.Dataset().DownloadAssetsAsync(_folder.Path) is var again ? (again.Downloaded, again.AlreadyThere) : default);
    }

    [Theory]
    [InlineData("mlhub_stac_assets.db")]
    [InlineData("mlhub_stac_assets.db-journal")]
    [InlineData("mlhub_stac_assets.db-wal")]
    [InlineData("err_report.csv")]
    [InlineData("report.json")]
    public async Task A_collection_with_the_name_of_a_record_does_not_end_the_run(string id)
    {
        var hub = new FakeHub(new Catalogue().AddCollection(id, "legend").AddItem(id, "1", "B02", "B03"))
        {
            Instead = url => url.AbsolutePath.EndsWith("B03.tif", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotFound) : null,
        };

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Equal((2, 1), (error.Result.Downloaded, error.Result.Failed));
        Assert.True(File.Exists(_folder[$"set/_{id}/1/B02.tif"]));
    }

    [Fact]
    public async Task An_entry_with_the_name_of_the_folder_of_another_entry_is_skipped()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02").Add("set/c/1/1.json/q.json", """{"type": "Catalog", "id": "q"}""").AddItem("c", "2", "B02"));

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((2, "set/c/1/1.json/q.json"), (result.Downloaded, Assert.Single(result.Refused).Name));
    }

    [Fact]
    public async Task A_file_without_a_length_that_is_shorter_than_the_catalogue_says_is_not_stored()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02"], item => item["assets"]!["B02"]!["file:size"] = 1000));
        hub.Instead = _ =>
        {
            var response = FakeHub.Whole(FakeHub.BytesOf("/x"), "image/tiff");
            response.Content = new StreamContent(new Endless(FakeHub.BytesOf("/x"))) { Headers = { ContentType = new("image/tiff") } };
            return response;
        };

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Contains("but the catalogue says 1000", await File.ReadAllTextAsync(error.Result.ErrorReportPath!), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["set/c/1/B02.tif"]));
    }

    // A body whose length is not known before its end.
    private sealed class Endless(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    [Fact]
    public async Task A_run_fetches_only_what_is_missing_or_has_another_size()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03", "B04"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        var tree = _folder.Tree();
        File.Delete(_folder["set/c/1/B02.tif"]);
        await File.WriteAllTextAsync(_folder["set/c/1/B03.tif"], "");
        hub.FileRequests.Clear();

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((2, 1), (result.Downloaded, result.AlreadyThere));
        Assert.DoesNotContain("/c/1/B04.tif", hub.FileRequests);
        Assert.Equal(tree, _folder.Tree());
    }

    [Theory]
    [InlineData(IfExists.Resume)]
    [InlineData(IfExists.Skip)]
    public async Task A_file_that_no_run_recorded_is_compared_with_the_server(IfExists ifExists)
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03"));
        Directory.CreateDirectory(_folder["set/c/1"]);
        await File.WriteAllTextAsync(_folder["set/c/1/B02.tif"], "");
        await File.WriteAllBytesAsync(_folder["set/c/1/B03.tif"], FakeHub.BytesOf("/c/1/B03.tif"));

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Download = new DownloadOptions { IfExists = ifExists } });

        Assert.Equal((1, 1), (result.Downloaded, result.AlreadyThere));
        Assert.Equal(FakeHub.BytesOf("/c/1/B02.tif"), await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));
    }

    [Fact]
    public async Task Overwrite_downloads_everything_again()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        await File.WriteAllTextAsync(_folder["set/c/1/B02.tif"], "other");

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Download = new DownloadOptions { IfExists = IfExists.Overwrite } });

        Assert.Equal(2, result.Downloaded);
        Assert.Equal(FakeHub.BytesOf("/c/1/B02.tif"), await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));
    }

    [Fact]
    public async Task After_a_change_of_the_catalogue_only_new_assets_are_fetched()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        hub.Catalogue = new Catalogue().AddItem("c", "1", "B02", "B03", "B04").AddItem("c", "2", "B02").ToBytes();
        hub.FileRequests.Clear();

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((2, 2), (result.Downloaded, result.AlreadyThere));
        Assert.Equal(["/c/1/B04.tif", "/c/2/B02.tif"], hub.FileRequests.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failed_asset_leaves_no_file_and_the_next_run_tries_only_that_one()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B,\"03", "B04"))
        {
            Instead = url => url.AbsolutePath.EndsWith("03.tif", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotFound) : null,
        };

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Equal((2, 1), (error.Result.Downloaded, error.Result.Failed));
        Assert.EndsWith(",set,c,1,\"B,\"\"03\",https://files.test/c/1/B%2C%2203.tif\r\n", await File.ReadAllTextAsync(error.Result.ErrorReportPath!), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_folder["set/c/1"], "*.tif").Length);

        hub.Instead = null;
        hub.FileRequests.Clear();
        var second = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((1, 2), (second.Downloaded, second.AlreadyThere));
        Assert.Single(hub.FileRequests);
        Assert.False(File.Exists(_folder["set/err_report.csv"]));
    }

    [Fact]
    public async Task A_busy_host_is_asked_again_and_another_host_does_not_wait_for_it()
    {
        var catalogue = new Catalogue();
        for (var number = 0; number < 40; number++)
        {
            var host = number % 2 == 0 ? "busy" : "calm";
            catalogue.AddItem("c", $"{number}", ["B02"], item => item["assets"]!["B02"]!["href"] = $"https://{host}.test/{number}.tif");
        }

        var (busy, calm) = (0, 0);
        var allCalm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new FakeHub(catalogue)
        {
            Instead = url =>
            {
                if (url.Host == "busy.test")
                {
                    return Interlocked.Increment(ref busy) <= 4 ? new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(1)) } } : null;
                }

                if (Interlocked.Increment(ref calm) == 20)
                {
                    allCalm.SetResult();
                }

                return null;
            },
        };
        var time = new FakeTimeProvider();
        var transfer = new TransferOptions { MaxRetries = 6, RetryBaseDelay = TimeSpan.Zero, MaxConnectionsPerHost = 4 };

        // While time stands still, the busy host is not asked again, and the other one gives everything.
        var run = hub.Dataset(transfer, time).DownloadAssetsAsync(_folder.Path);
        await allCalm.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.InRange(busy, 1, 4);
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(40, (await run).Downloaded);
    }

    [Fact]
    public async Task A_file_that_ends_early_is_fetched_again_and_one_with_wrong_bytes_is_refused()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02", "B03"], item => item["assets"]!["B03"]!["file:checksum"] = $"d50110{new string('0', 32)}"));
        var requests = 0;
        hub.Instead = url => url.AbsolutePath == "/c/1/B02.tif" && Interlocked.Increment(ref requests) == 1 ? Cut() : null;

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Contains("its md5 is", await File.ReadAllTextAsync(error.Result.ErrorReportPath!), StringComparison.Ordinal);
        Assert.Equal(["set.tar.gz", "set/c/1/1.json", "set/c/1/B02.tif", "set/err_report.csv", "set/report.json"], _folder.Tree().Keys);
        Assert.Equal(FakeHub.BytesOf("/c/1/B02.tif"), await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));

        static HttpResponseMessage Cut()
        {
            var response = FakeHub.Whole(FakeHub.BytesOf("/c/1/B02.tif")[..10], "image/tiff");
            response.Content.Headers.ContentLength = FakeHub.BytesOf("/c/1/B02.tif").Length;
            return response;
        }
    }

    [Fact]
    public async Task A_large_file_is_downloaded_by_the_engine()
    {
        var bytes = new byte[9_000_000];
        new Random(1).NextBytes(bytes);
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02")) { Instead = _ => FakeHub.Whole(bytes, "image/tiff") };
        var reported = new List<AssetsProgress>();

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, progress: new Inline(reported.Add));

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["set/c/1/B02.tif"]));
        Assert.Contains(reported, progress => progress.File?.TotalBytes == bytes.Length);
        Assert.Equal((1, 1, bytes.Length), (reported[^1].Selected, reported[^1].Complete, reported[^1].Bytes));
    }

    [Fact]
    public async Task Only_one_run_uses_a_directory_at_a_time()
    {
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02"));
        hub.Instead = _ =>
        {
            entered.Set();
            go.Wait();
            return null;
        };
        var first = Task.Run(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));
        entered.Wait();

        DownloadException error;
        try
        {
            error = await Assert.ThrowsAsync<DownloadException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Download = new DownloadOptions { IfLocked = IfLocked.Fail } }));
        }
        finally
        {
            go.Set();
        }

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.Equal(1, (await first).Downloaded);
    }

    [Fact]
    public async Task A_cancelled_run_resumes_where_it_stopped()
    {
        var catalogue = new Catalogue();
        for (var number = 0; number < 50; number++)
        {
            catalogue.AddItem("c", $"{number}", "B02");
        }

        using var stop = new CancellationTokenSource();
        var hub = new FakeHub(catalogue);
        hub.Instead = _ =>
        {
            // From the 20th request on, no file is sent before the run is cancelled, however late this thread runs.
            if (hub.FileRequests.Count >= 20)
            {
                stop.Cancel();
            }

            return null;
        };

        var options = new DatasetAssetsOptions { Concurrency = 4 };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path, options, cancellationToken: stop.Token));
        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path, options);

        Assert.Equal(50, result.Downloaded + result.AlreadyThere);
        Assert.InRange(result.AlreadyThere, 10, 23);
        Assert.Equal(50, _folder.Tree().Count(file => file.Key.EndsWith(".tif", StringComparison.Ordinal)));
        Assert.DoesNotContain(_folder.Tree().Keys, file => file.Contains(".mlhub-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_that_cannot_be_fetched_are_reported_without_a_request()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02", "B03", "B04"], item =>
        {
            item["assets"]!["B02"]!["href"] = "file:///etc/passwd";
            item["assets"]!["B03"]!.AsObject().Remove("href");
        }));

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Equal((1, 2), (error.Result.Downloaded, error.Result.Failed));
        Assert.Equal(["/c/1/B04.tif"], hub.FileRequests);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "a link-local address")]
    [InlineData("http://127.0.0.1:8080/x.tif", "this machine")]
    [InlineData("http://localhost/x.tif", "this machine")]
    [InlineData("http://[::1]/x.tif", "this machine")]
    [InlineData("http://[::ffff:10.0.0.1]/x.tif", "a private network")]
    [InlineData("http://0.0.0.0/x.tif", "this machine")]
    [InlineData("http://192.168.1.1/x.tif", "a private network")]
    [InlineData("http://redirecting.test/http://10.1.2.3/x.tif", "a private network")]
    public async Task An_address_in_a_private_network_is_refused_without_a_request(string href, string place)
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02"], item => item["assets"]!["B02"]!["href"] = href))
        {
            Instead = url => url.Host == "redirecting.test" ? new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri(url.AbsolutePath[1..]) } } : null,
        };

        var error = await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));

        Assert.Contains($"its address leads to {place}, and the hub is not there", await File.ReadAllTextAsync(error.Result.ErrorReportPath!), StringComparison.Ordinal);
        Assert.All(hub.FileRequests, path => Assert.StartsWith("/http", path, StringComparison.Ordinal));
    }

    private sealed class Inline(Action<AssetsProgress> report) : IProgress<AssetsProgress>
    {
        private readonly Lock _lock = new();

        public void Report(AssetsProgress value)
        {
            lock (_lock)
            {
                report(value);
            }
        }
    }
}
