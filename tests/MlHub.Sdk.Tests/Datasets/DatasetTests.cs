using System.Net;
using System.Text.Json;

namespace MlHub.Sdk.Tests.Datasets;

public sealed class DatasetTests
{
    [Fact]
    public async Task A_dataset_of_the_2021_API_is_read()
    {
        using var client = new FakeHub().Answers("datasets/crops", Json.DatasetA).Client();

        var dataset = await client.Datasets.GetByIdAsync("crops");

        Assert.Null(dataset.Title);
        Assert.Equal("10.9999/crops-1", dataset.Doi);
        Assert.Equal("https://registry.example/10.9999/crops-1", dataset.RegistryUrl?.AbsoluteUri);
        Assert.Equal(["crops_source", "crops_labels"], dataset.Collections.Select(collection => collection.Id));
        Assert.Empty(dataset.Tags);
        Assert.Null(dataset.Bbox);
    }

    [Fact]
    public async Task A_dataset_of_the_2022_API_is_read()
    {
        using var client = new FakeHub().Answers("datasets/crops", Json.DatasetB).Client();

        var dataset = await client.Datasets.GetByIdAsync("crops");

        Assert.Equal("Crops", dataset.Title);
        Assert.Equal(new DateTimeOffset(2020, 6, 9, 0, 0, 0, TimeSpan.Zero), dataset.DateAdded);
        Assert.Equal(new DateTimeOffset(2022, 2, 11, 14, 30, 12, TimeSpan.FromHours(2)).AddTicks(1234560), dataset.DateModified);
        Assert.Equal("MultiPolygon", dataset.Geometry!.GeometryType);
        Assert.Equal(new Bbox(-9, 36.5, 31.5, 68), dataset.Bbox);
        Assert.Equal("someone@example.org", dataset.CreatorContact!.Contact);
        Assert.Equal("P", Assert.Single(dataset.Publications).Title);
        Assert.Empty(dataset.ToolsApplications);
        Assert.Equal(["crop", "sentinel-2"], dataset.Tags);
        Assert.Equal("ready", dataset.Status);
    }

    [Theory]
    [InlineData(Json.DatasetA)]
    [InlineData(Json.DatasetB)]
    public async Task ToJson_returns_what_the_server_sent(string json)
    {
        using var client = new FakeHub().Answers("datasets", $"[{json}]").Client();

        var dataset = await client.Datasets.ListAsync().SingleAsync();

        Assert.Equal(json, dataset.ToJson());
        Assert.Equal(json, Dataset.FromJson(JsonDocument.Parse(dataset.ToJson()).RootElement, client).ToJson());
    }

    [Fact]
    public async Task Collections_are_fetched_once_and_in_order_and_each_is_in_the_lists_of_its_types()
    {
        var hub = new FakeHub()
            .Answers("datasets/crops", Json.DatasetB)
            .Answers("collections/both", Json.Collection("both"))
            .Answers("collections/twice", Json.Collection("twice"));
        using var client = hub.Client();
        var dataset = await client.Datasets.GetByIdAsync("crops");

        var collections = await Task.WhenAll(dataset.GetCollectionsAsync(), dataset.GetCollectionsAsync());

        Assert.Same(collections[0], collections[1]);
        Assert.Equal(["both", "twice"], collections[0].Select(collection => collection.Id));
        Assert.Equal(["both", "twice"], collections[0].SourceImagery.Select(collection => collection.Id));
        Assert.Equal(["both", "twice"], collections[0].Labels.Select(collection => collection.Id));
        Assert.Equal(3, hub.Requests.Count);
    }

    [Fact]
    public async Task A_failed_fetch_of_collections_is_repeated()
    {
        var hub = new FakeHub()
            .Answers("datasets/crops", Json.DatasetA)
            .Answers("collections/crops_source", "no", HttpStatusCode.Gone)
            .Answers("collections/crops_source", Json.Collection("crops_source"))
            .Answers("collections/crops_labels", Json.Collection("crops_labels"));
        using var client = hub.Client();
        var dataset = await client.Datasets.GetByIdAsync("crops");

        await Assert.ThrowsAsync<MlHubException>(() => dataset.GetCollectionsAsync());

        Assert.Equal(2, (await dataset.GetCollectionsAsync()).Count);
    }

    [Fact]
    public async Task The_total_size_is_the_sum_of_the_existing_archives()
    {
        var hub = new FakeHub().Answers("datasets/crops", Json.DatasetA).Answers("archive/crops_source/info", Json.ArchiveInfo);
        using var client = hub.Client();
        var dataset = await client.Datasets.GetByIdAsync("crops");

        Assert.Equal(71138210977, await dataset.GetTotalArchiveSizeAsync());
    }

    [Fact]
    public async Task Without_archives_the_total_size_is_null()
    {
        using var client = new FakeHub().Answers("datasets/crops", Json.DatasetA).Client();
        var dataset = await client.Datasets.GetByIdAsync("crops");

        Assert.Null(await dataset.GetTotalArchiveSizeAsync());
    }

    [Fact]
    public async Task An_id_with_a_slash_is_a_DOI()
    {
        var hub = new FakeHub().Answers("datasets/doi/10.9999/crops-1", Json.DatasetA);
        using var client = hub.Client();

        Assert.Equal("crops", (await client.Datasets.GetAsync("10.9999/crops-1")).Id);
    }
}
