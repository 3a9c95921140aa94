using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Assets;

public sealed class AssetDownloadTests : AssetTest
{
    [Fact]
    public async Task An_item_is_downloaded_and_a_second_download_skips_it()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");
        var item = Read(ItemJson("i", ("B02", "https://s.example/1.tif"), ("B03", "https://s.example/2.tif")));

        var first = await item.DownloadAsync(Output);
        var second = await item.DownloadAsync(Output);

        Assert.Equal(["c/i/B02.tif", "c/i/B03.tif"], Files);
        Assert.Equal(Files.Select(file => Path.GetFullPath(Path.Combine(Output, file))), first.Select(result => result.Path).Order());
        Assert.All(first, result => Assert.False(result.Skipped));
        Assert.All(second, result => Assert.True(result.Skipped));
    }

    [Fact]
    public async Task Only_assets_with_the_requested_keys_are_downloaded()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");
        var item = Read(ItemJson("i", ("B02", "https://s.example/1.tif"), ("b02", "https://s.example/2.tif")));

        await item.DownloadAsync(Output, new AssetDownloadOptions { Keys = ["b02"] });

        Assert.Equal("https://s.example/2.tif", SourceOf(Assert.Single(Files)));
    }

    [Fact]
    public async Task An_unknown_asset_key_is_reported_with_the_existing_keys_before_any_request()
    {
        var item = Read(ItemJson("i", ("B02", "https://s.example/1.tif"), ("B03", "https://s.example/2.tif")));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => item.DownloadAsync(Output, new AssetDownloadOptions { Keys = ["B99"] }));

        Assert.StartsWith("'i' has no asset 'B99'. It has: B02, B03.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Hub.Requests);
    }

    [Fact]
    public async Task A_failed_asset_does_not_prevent_the_others_from_being_downloaded()
    {
        Serve("https://s.example/1.tif");
        var item = Read(ItemJson("i", ("B02", "https://s.example/1.tif"), ("B03", "https://s.example/gone.tif")));

        var error = await Assert.ThrowsAsync<DownloadsFailedException>(() => item.DownloadAsync(Output));

        Assert.StartsWith("1 of 2 files of 'i' failed: B03: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<EntityDoesNotExistException>(error.Failures["B03"]);
        Assert.Equal("c/i/B02.tif", Assert.Single(Files));
        Assert.Single(error.Completed);
    }

    [Fact]
    public async Task An_item_created_without_a_client_throws_on_download()
    {
        var item = Item.FromJson(JsonDocument.Parse(ItemJson("i", ("B02", "https://s.example/1.tif"))).RootElement);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => item.DownloadAsync(Output));

        Assert.Contains("FromJson", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_downloaded_like_an_item()
    {
        Serve("https://s.example/model.ckpt");
        Hub.Answers("models/m", ItemJson("m", "models", ("checkpoint", "https://s.example/model.ckpt")));

        var model = await Client.Models.GetAsync("m");
        await model.DownloadAsync(Output);

        Assert.Equal(["models/m/checkpoint.ckpt"], Files);
    }

    [Fact]
    public async Task The_items_of_a_collection_are_downloaded_page_by_page()
    {
        const int Items = 25;
        Hub.Answers("collections/c", Json.Collection("c"));
        for (var page = 0; page < 3; page++)
        {
            var ids = Enumerable.Range(page * 10, Math.Min(10, Items - (page * 10))).ToArray();
            Serve([.. ids.Select(id => $"https://s.example/{id}/B02.tif")]);
            Hub.Answers(page == 0 ? "collections/c/items" : $"collections/c/items?page={page}", Json.Page(
                ids.Select(id => ItemJson($"{id}", ("B02", $"https://s.example/{id}/B02.tif"))), page < 2 ? $"https://hub.example/mlhub/v1/collections/c/items?page={page + 1}" : null));
        }

        var collection = await Client.Collections.GetAsync("c");
        var outcomes = await collection.DownloadItemsAsync(Output).ToListAsync();

        AllSucceeded(outcomes);
        Assert.Equal(Enumerable.Range(0, Items).Select(id => $"c/{id}/B02.tif").Order(StringComparer.Ordinal), Files);
        Assert.All(Files, file => Assert.Equal($"https://s.example{file[1..]}", SourceOf(file)));
    }

    [Fact]
    public async Task No_more_items_are_read_in_advance_than_are_downloaded_at_the_same_time()
    {
        const int Concurrency = 3;
        var (read, most, done) = (0, 0, 0);
        Hub.Answers("https://s.example/1.tif", _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([1]) });

        await foreach (var outcome in Client.Assets.DownloadAsync(Items(), Output, new AssetDownloadOptions { Concurrency = Concurrency }))
        {
            Assert.True(outcome.Succeeded, outcome.Error?.ToString());
            most = Math.Max(most, Volatile.Read(ref read) - ++done);
        }

        // Some are being downloaded, some wait to be returned, and one waits to be downloaded.
        Assert.Equal(200, done);
        Assert.InRange(most, 0, (2 * Concurrency) + 2);

        async IAsyncEnumerable<Item> Items()
        {
            for (var id = 0; id < 200; id++)
            {
                await Task.Yield();
                Interlocked.Increment(ref read);
                yield return Read(ItemJson($"{id}", ("k", "https://s.example/1.tif")));
            }
        }
    }

    [Fact]
    public async Task A_file_that_does_not_match_the_checksum_of_its_item_is_rejected()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif", "https://s.example/3.tif");
        var right = $"1220{Convert.ToHexStringLower(SHA256.HashData(Content("https://s.example/1.tif")))}";
        var unknown = $"1e20{new string('0', 64)}";

        var outcomes = await DownloadAsync([ItemJson("i", Asset("1", right), Asset("2", right), Asset("3", unknown))]);

        Assert.Equal("sha-256", outcomes.Single(outcome => outcome.Key == "1").Result!.Verified.ToString());
        Assert.Equal(DownloadFailure.DigestMismatch, Assert.IsType<DownloadException>(outcomes.Single(outcome => outcome.Key == "2").Error).Reason);
        Assert.True(outcomes.Single(outcome => outcome.Key == "3").Succeeded);
        Assert.Equal(["c/i/1.tif", "c/i/3.tif"], Files);

        static (string, JsonNode?) Asset(string key, string checksum) => (key, new JsonObject { ["href"] = $"https://s.example/{key}.tif", ["file:checksum"] = checksum });
    }

    [Fact]
    public async Task An_option_out_of_range_is_rejected_before_any_request()
    {
        var error = Assert.Throws<ArgumentException>(
            () => Client.Assets.DownloadAsync(AsyncEnumerable.Empty<Item>(), Output, new AssetDownloadOptions { Concurrency = 257, Download = new DownloadOptions { Connections = 65 } }));

        Assert.Contains("Concurrency must be between 1 and 256", error.Message, StringComparison.Ordinal);
        Assert.Contains("Connections must be between 1 and 64", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Client.Assets.EstimateAsync(AsyncEnumerable.Empty<Item>(), new AssetDownloadOptions { Concurrency = 0 }));
    }

    [Fact]
    public async Task An_estimate_requests_only_missing_sizes_and_creates_no_file()
    {
        Serve("https://s.example/2.tif");
        var item = ItemJson(
            "i", ("1", new JsonObject { ["href"] = "https://s.example/1.tif", ["file:size"] = 5_000_000_000 }), ("2", "https://s.example/2.tif"), ("3", "https://s.example/gone.tif"), ("4", "docker://x/y"));

        var estimate = await Client.Assets.EstimateAsync(new[] { Read(item) }.ToAsyncEnumerable());

        Assert.Equal(new DownloadEstimate { Files = 4, Bytes = 5_000_000_000 + Content("https://s.example/2.tif").Length, FilesOfUnknownSize = 2 }, estimate);
        Assert.Equal(["https://s.example/2.tif", "https://s.example/gone.tif"], Hub.Paths.Order());
        Assert.Empty(Directory.GetFileSystemEntries(Output));
    }
}
