using Microsoft.AspNetCore.Http;

namespace MlHub.Hub.Tests;

/// <summary>The second start asks only for what may have changed.</summary>
public sealed class RevisitTests
{
    [Fact]
    public async Task STAC_files_are_read_again_only_if_their_ETag_has_changed()
    {
        await using var bucket = await StubBucket.StartAsync();
        foreach (var id in (string[])["one", "two", "three"])
        {
            bucket.Put($"{id}.json", HubDirectory.Item(id, "c"));
        }

        await using var hubs = new OpenHubs();
        await hubs.OpenAsync(Definition.Stac(bucket.Place()));
        bucket.Put("two.json", HubDirectory.Item("two_b", "c"));
        bucket.Delete("three.json");
        bucket.Put("four.json", HubDirectory.Item("four", "c"));
        bucket.Forget();

        var hub = await hubs.OpenAsync(Definition.Stac(bucket.Place()));

        Assert.Equal(["four", "one", "two_b"], await OpenHubs.ItemsAsync(hub, "c"));
        Assert.Equal(["/bucket", "/bucket/four.json", "/bucket/two.json"], bucket.Requests.Select(request => request.Path).Order(StringComparer.Ordinal));
        bucket.Forget();
        Assert.False(await hub.RefreshAsync());
        Assert.Single(bucket.Requests);
    }

    [Fact]
    public async Task Pages_with_ETags_are_not_sent_again()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.PageSize = 3;
        bucket.HasPageETags = true;
        bucket.Put(Definition.Files);
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(bucket.Place()));
        var pages = bucket.Requests.Count;
        bucket.Forget();

        Assert.False(await hub.RefreshAsync());
        Assert.Equal(Enumerable.Repeat(StatusCodes.Status304NotModified, pages), bucket.Requests.Select(request => request.Status));

        bucket.Forget();
        bucket.Put("labels/01.tif", "new labels");
        bucket.Put("labels/09.tif", "more labels");
        Assert.True(await hub.RefreshAsync());

        Assert.Contains(bucket.Requests, request => request.Status == StatusCodes.Status304NotModified);
        Assert.Equal(["crops_labels_01", "crops_labels_02", "crops_labels_09"], await OpenHubs.ItemsAsync(hub, "crops_labels"));
        Assert.Equal("10", (await hub.FindItemAsync("crops_labels", "crops_labels_01", default))!.Json.GetProperty("assets").GetProperty("data").GetProperty("file:size").GetRawText());
    }

    [Fact]
    public async Task A_changed_object_has_its_new_size()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put(Definition.Files);
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(bucket.Place()));
        bucket.Put("archives/crops_source.tar.gz", "a longer archive");
        bucket.Delete("labels/02.tif");

        Assert.True(await hub.RefreshAsync());

        Assert.Equal(16, (await hub.FindArchiveAsync("crops_source", default))!.File.Length);
        Assert.Equal(["crops_labels_01"], await OpenHubs.ItemsAsync(hub, "crops_labels"));
    }

    [Fact]
    public async Task A_bucket_that_is_down_at_the_second_start_is_served_as_it_was()
    {
        await using var hubs = new OpenHubs();
        string place;
        await using (var bucket = await StubBucket.StartAsync())
        {
            bucket.Put(Definition.Files);
            place = bucket.Place();
            await hubs.OpenAsync(Definition.Crops(place));
        }

        var hub = await hubs.OpenAsync(Definition.Crops(place), new DefinedHubOptions { Attempts = 1 });

        Assert.Equal(4, (await OpenHubs.ItemsAsync(hub, "crops_source")).Length);
        Assert.StartsWith("the dataset 'crops' is served as it was last listed, on ", Assert.Single(hub.Problems), StringComparison.Ordinal);
        Assert.Contains("cannot be reached", Assert.Single(hub.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_fails_does_not_stop_the_other_datasets()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put("a/one.json", HubDirectory.Item("one", "c"));
        bucket.Instead = request => request.Query["prefix"] == "b/" ? Results.NotFound() : null;
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Parse($$"""
            { "id": "test", "datasets": [ { "id": "a", "place": {{bucket.Place("a/")}} }, { "id": "b", "place": {{bucket.Place("b/")}} } ] }
            """));

        Assert.Equal(["one"], await OpenHubs.ItemsAsync(hub, "c"));
        Assert.StartsWith("the dataset 'b' cannot be served: ", Assert.Single(hub.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_that_is_young_enough_is_not_asked_for_and_a_trusted_index_neither()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put(Definition.Files);
        await using var hubs = new OpenHubs();
        await hubs.OpenAsync(Definition.Crops(bucket.Place()));
        bucket.Forget();

        await hubs.OpenAsync(Definition.Crops(bucket.Place()), new DefinedHubOptions { MaxAge = TimeSpan.FromHours(1) });
        var trusting = await hubs.OpenAsync(Definition.Crops(bucket.Place()), new DefinedHubOptions { TrustIndex = true });

        Assert.Empty(bucket.Requests);
        bucket.Put("labels/03.tif", "labels");
        Assert.True(await trusting.RefreshAsync());
        Assert.Equal(3, (await OpenHubs.ItemsAsync(trusting, "crops_labels")).Length);
    }

    [Fact]
    public async Task Another_definition_is_indexed_even_if_the_index_is_trusted()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put(Definition.Files);
        await using var hubs = new OpenHubs();
        await hubs.OpenAsync(Definition.Crops(bucket.Place()));

        var hub = await hubs.OpenAsync(Definition.Crops(bucket.Place(), "\"description\": \"New words\","), new DefinedHubOptions { TrustIndex = true, MaxAge = TimeSpan.FromHours(1) });

        Assert.Equal("New words", (await hub.FindDatasetAsync("crops", default))!.Value.GetProperty("description").GetString());
    }

    [Fact]
    public async Task An_interrupted_listing_leaves_nothing_and_the_next_one_is_complete()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.PageSize = 3;
        bucket.Put(Definition.Files);
        using var interrupted = new CancellationTokenSource();
        await using var hubs = new OpenHubs();
        bucket.Instead = request =>
        {
            if (request.QueryString.Value!.Contains("continuation-token", StringComparison.Ordinal))
            {
                interrupted.Cancel();
            }

            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DefinedHub.OpenAsync(Definition.Crops(bucket.Place()), new DefinedHubOptions { IndexDirectory = hubs.Index }, interrupted.Token));

        Assert.Empty(Directory.EnumerateFiles(hubs.Index));
        bucket.Instead = _ => null;
        Assert.Equal(4, (await OpenHubs.ItemsAsync(await hubs.OpenAsync(Definition.Crops(bucket.Place())), "crops_source")).Length);
    }
}
