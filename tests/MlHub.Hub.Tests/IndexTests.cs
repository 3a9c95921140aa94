using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>The index follows the directory, and is never half built.</summary>
public sealed class IndexTests
{
    [Fact]
    public async Task What_changed_is_served_after_a_refresh_and_at_the_next_start()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one", "two", "three");
        var hub = await directory.OpenAsync();
        File.Delete(directory.Place("crops/crops_c/two/two.json"));
        directory.Write("crops/crops_c/one/one.json", HubDirectory.Item("one_b", "crops_c"));
        directory.Write("crops/crops_c/four/four.json", HubDirectory.Item("four", "crops_c"));

        Assert.Equal(["one", "three", "two"], await IdsAsync(hub));
        Assert.True(await hub.RefreshAsync());
        Assert.Equal(["four", "one_b", "three"], await IdsAsync(hub));
        Assert.False(await hub.RefreshAsync());
        Assert.Equal(["four", "one_b", "three"], await IdsAsync(await directory.OpenAsync(new DirectoryHubOptions { TrustIndex = true })));
        Assert.Equal(3, Assert.Single(hub.Collections).Items);
    }

    [Fact]
    public async Task A_new_collection_or_archive_is_found()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        var hub = await directory.OpenAsync();
        directory.WriteDataset("floods", "floods_c", "one");
        directory.WriteTarball("slides.tar.gz", ("slides/collection.json", HubDirectory.Collection("slides")), ("slides/one/stac.json", HubDirectory.Item("one", "slides")));

        Assert.True(await hub.RefreshAsync());

        Assert.Equal(["crops_c", "floods_c", "slides"], hub.Collections.Select(collection => collection.Id));
    }

    [Fact]
    public async Task An_item_that_the_archive_has_too_is_still_served_when_its_file_is_removed()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        directory.WriteTarball("crops_c.tar.gz", ("crops_c/collection.json", HubDirectory.Collection("crops_c")), ("crops_c/one/stac.json", HubDirectory.Item("one", "crops_c")));
        var hub = await directory.OpenAsync();
        File.Delete(directory.Place("crops/crops_c/one/one.json"));

        await hub.RefreshAsync();

        Assert.Equal(["one"], await IdsAsync(hub));
    }

    [Theory]
    [InlineData("not a database")]
    [InlineData("")]
    public async Task An_index_that_cannot_be_read_is_built_again(string content)
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        directory.Write(".mlhub/index.db", content);

        Assert.Equal(["one"], await IdsAsync(await directory.OpenAsync()));
    }

    [Fact]
    public async Task A_build_that_is_interrupted_leaves_the_index_as_it_was()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        await using (await DirectoryHub.OpenAsync(directory.Path))
        {
        }

        var before = await File.ReadAllBytesAsync(directory.Place(".mlhub/index.db"));
        directory.WriteDataset("floods", "floods_c", "one");
        directory.WriteTarball("fires.tar.gz", ("fires/one.json", HubDirectory.Item("one", "fires")), ("fires/two.json", HubDirectory.Item("two", "fires")));
        directory.WriteTarball("hail.tar.gz", ("hail/one.json", HubDirectory.Item("one", "hail")));
        using var interrupted = new CancellationTokenSource();
        var options = new DirectoryHubOptions { Progress = new Interrupt(interrupted) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DirectoryHub.OpenAsync(directory.Path, options, cancellationToken: interrupted.Token));

        Assert.True(interrupted.IsCancellationRequested, "the build has begun");

        Assert.Equal(before, await File.ReadAllBytesAsync(directory.Place(".mlhub/index.db")));
        Assert.Equal(["index.db"], Directory.EnumerateFiles(directory.Place(".mlhub")).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Two_hubs_share_an_index()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");
        var (first, second) = (await directory.OpenAsync(), await directory.OpenAsync());
        directory.Write("crops/crops_c/two/two.json", HubDirectory.Item("two", "crops_c"));

        await first.RefreshAsync();
        await second.RefreshAsync();

        Assert.Equal(["one", "two"], await IdsAsync(first));
        Assert.Equal(["one", "two"], await IdsAsync(second));
    }

    [Fact]
    public async Task The_index_can_be_elsewhere()
    {
        await using var directory = new HubDirectory();
        await using var elsewhere = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one");

        await directory.OpenAsync(new DirectoryHubOptions { IndexDirectory = elsewhere.Path });

        Assert.True(File.Exists(elsewhere.Place("index.db")));
        Assert.False(Directory.Exists(directory.Place(".mlhub")));
    }

    [Fact]
    public async Task Items_are_paged_in_the_order_of_their_ids_in_both_directions()
    {
        await using var directory = new HubDirectory();
        var ids = Enumerable.Range(0, 25).Select(number => $"item_{number:00}").ToArray();
        directory.WriteDataset("crops", "crops_c", ids);
        var hub = await directory.OpenAsync();

        var pages = new List<HubItemPage>();
        for (string? token = null; pages.Count == 0 || token is not null; token = pages[^1].NextToken)
        {
            pages.Add(await hub.ListItemsAsync(new HubItemQuery { Collections = ["crops_c"], Limit = 10, Token = token }, default));
        }

        Assert.Equal([10, 10, 5], pages.Select(page => page.Items.Count));
        Assert.Equal(ids, pages.SelectMany(page => page.Items).Select(item => item.Json.GetProperty("id").GetString()));
        Assert.All(pages, page => Assert.Equal(25, page.Matched));
        var back = await hub.ListItemsAsync(new HubItemQuery { Collections = ["crops_c"], Limit = 10, Token = pages[2].PreviousToken }, default);
        Assert.Equal(ids[10..20], back!.Items.Select(item => item.Json.GetProperty("id").GetString()));
        await Assert.ThrowsAsync<UnknownTokenException>(async () => await hub.ListItemsAsync(new HubItemQuery { Collections = ["crops_c"], Limit = 10, Token = "x" }, default));
    }

    private static async Task<string[]> IdsAsync(DirectoryHub hub) =>
        [.. (await hub.ListItemsAsync(new HubItemQuery { Collections = ["crops_c"], Limit = 100 }, default)).Items.Select(item => item.Json.GetProperty("id").GetString()!)];

    // Ends the build as soon as it has read something.
    private sealed class Interrupt(CancellationTokenSource source) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => source.Cancel();
    }
}
