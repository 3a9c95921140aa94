namespace MlHub.Sdk.Tests.Collections;

public sealed class CollectionTests
{
    [Fact]
    public async Task A_collection_is_read()
    {
        using var client = new FakeHub().Answers("collections/crops_source", Json.Collection("crops_source")).Client();

        var collection = await client.Collections.GetAsync("crops_source");

        Assert.Null(collection.Title);
        Assert.Equal("It is crops_source", collection.Description);
        Assert.Equal(new Bbox(-9.0, 1.75, 83.4, 68.0), Assert.Single(collection.Extent!.Bboxes));
        Assert.Equal(new TemporalInterval(new DateTimeOffset(2017, 6, 13, 10, 10, 31, TimeSpan.Zero), null), Assert.Single(collection.Extent.Intervals));
        Assert.Equal("https://registry.mlhub.earth/10.9999/crops-1", collection.RegistryUrl!.AbsoluteUri);
        Assert.Equal(["host"], Assert.Single(collection.Providers).Roles!);
        Assert.Equal(Json.Collection("crops_source"), collection.ToJson());
    }

    [Fact]
    public async Task A_collection_without_the_fields_that_the_2022_API_dropped_is_read()
    {
        using var client = new FakeHub().Answers("collections/x", """{"id": "x"}""").Client();

        var collection = await client.Collections.GetAsync("x");

        Assert.Empty(collection.Keywords);
        Assert.Empty(collection.Providers);
        Assert.Null(collection.RegistryUrl);
        Assert.Null(collection.Extent);
    }

    [Fact]
    public async Task All_collections_are_listed_in_order()
    {
        using var client = new FakeHub()
            .Answers("collections", $$"""{"collections": [{{Json.Collection("a")}}, {{Json.Collection("b", "\"B\"")}}], "links": []}""")
            .Client();

        var collections = await client.Collections.ListAsync().ToListAsync();

        Assert.Equal(["a", "b: B"], collections.Select(collection => collection.ToString()));
    }

    [Fact]
    public async Task The_archive_size_is_null_if_there_is_no_archive()
    {
        using var client = new FakeHub()
            .Answers("collections/crops_source", Json.Collection("crops_source"))
            .Answers("collections/other", Json.Collection("other"))
            .Answers("archive/crops_source/info", Json.ArchiveInfo)
            .Client();

        Assert.Equal(71138210977, await (await client.Collections.GetAsync("crops_source")).GetArchiveSizeAsync());
        Assert.Null(await (await client.Collections.GetAsync("other")).GetArchiveSizeAsync());
    }
}
