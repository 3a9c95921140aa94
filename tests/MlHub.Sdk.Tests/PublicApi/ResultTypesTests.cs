using System.Reflection;
using System.Text.Json;

namespace MlHub.Sdk.Tests.PublicApi;

/// <summary>A user's test makes what the SDK returns, without a server.</summary>
public sealed class ResultTypesTests
{
    [Fact]
    public void Every_public_type_can_be_created_in_a_test()
    {
        var types = typeof(MlHubClient).Assembly.GetExportedTypes().Where(type => type is { IsEnum: false, IsInterface: false, IsValueType: false } && !(type.IsAbstract && type.IsSealed));

        Assert.Empty(types.Where(type => !IsConstructible(type) && !HasFactory(type) && !IsForTestDoubles(type)).Select(type => type.Name));

        static bool IsConstructible(Type type) => type.GetConstructors().Any(constructor => constructor.IsPublic);

        static bool HasFactory(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static).Any(method => method.ReturnType == type);

        static bool IsForTestDoubles(Type type) =>
            !type.IsSealed && type.GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Any(constructor => constructor.IsFamily && constructor.GetParameters().Length == 0);
    }

    [Theory]
    [InlineData("""{"id": "x"}""")]
    [InlineData("""{"id":"x", "properties": {"title": "T"}, "links": [], "odd": [1.50, null]}""")]
    public void Entities_are_created_from_JSON_without_a_client_and_return_it(string json)
    {
        var element = JsonElement.Parse(json);

        Assert.Equal(json, Dataset.FromJson(element).ToJson());
        Assert.Equal(json, Collection.FromJson(element).ToJson());
        Assert.Equal(json, Item.FromJson(element).ToJson());
        Assert.Equal(json, MlModel.FromJson(element).ToJson());
    }

    [Fact]
    public async Task An_entity_without_a_client_throws_if_it_must_fetch_data()
    {
        var element = JsonElement.Parse("""{"id": "x", "collections": [{"id": "c"}]}""");

        foreach (var fetch in (Func<Task>[])
            [
                () => Dataset.FromJson(element).GetCollectionsAsync(),
                () => Dataset.FromJson(element).GetTotalArchiveSizeAsync(),
                () => Collection.FromJson(element).GetItemAsync("i"),
                () => Item.FromJson(element).DownloadAsync(),
                () => MlModel.FromJson(element).DownloadAsync(),
            ])
        {
            Assert.Equal("'x' was created without a client: pass a client to FromJson.", (await Assert.ThrowsAsync<InvalidOperationException>(fetch)).Message);
        }
    }

    [Fact]
    public void An_entity_created_from_properties_is_written_as_JSON()
    {
        var archive = new ArchiveInfo { Collection = "c", Size = 71_138_210_977, Types = [CollectionType.Labels] };
        var catalog = new CatalogInfo { Dataset = "d", StacCatalogSize = 5 };

        Assert.Equal("""{"collection":"c","dataset":null,"size":71138210977,"types":["labels"]}""", archive.ToJson());
        Assert.Equal("""{"dataset":"d","stac_catalog_size":5,"estimated_dataset_size":null}""", catalog.ToJson());
    }

    [Fact]
    public void A_list_of_collections_has_the_types_of_each()
    {
        var (images, both) = (Collection.FromJson(JsonElement.Parse("""{"id": "images"}""")), Collection.FromJson(JsonElement.Parse("""{"id": "both"}""")));

        var list = new CollectionList(
            [
                new CollectionDescriptor { Id = "images", Types = [CollectionType.SourceImagery] },
                new CollectionDescriptor { Id = "both", Types = [CollectionType.SourceImagery, CollectionType.Labels] },
            ],
            [images, both]);

        Assert.Equal([images, both], list);
        Assert.Equal([images, both], list.SourceImagery);
        Assert.Equal([both], list.Labels);
        Assert.Throws<ArgumentException>(() => new CollectionList([], [images]));
    }

    [Fact]
    public void An_exception_for_failed_downloads_can_be_created_in_a_test()
    {
        var done = new DownloadResult { Path = "/data/a.tar.gz", Bytes = 1 };

        var error = new DownloadsFailedException("dataset d", [done], new Dictionary<string, MlHubException> { ["b"] = new EntityDoesNotExistException("b does not exist (404).") });

        Assert.Equal("1 of 2 files of dataset d failed: b: b does not exist (404).", error.Message);
        Assert.Equal([done], error.Completed);
    }

    [Theory]
    [InlineData("https://registry.example/a%20b?x=1#y", "https://registry.example/a%20b?x=1#y")]
    [InlineData(" https://registry.example/a ", "https://registry.example/a")]
    [InlineData("registry.example/a", null)]
    [InlineData("/a", null)]
    [InlineData("https://", null)]
    [InlineData("", null)]
    public void An_invalid_address_is_null_and_stays_in_the_JSON(string text, string? expected)
    {
        var json = $$"""{"id": "d", "registry": "{{text}}", "publications": [{"url": "{{text}}"}], "providers": [{"url": "{{text}}"}]}""";
        var dataset = Dataset.FromJson(JsonElement.Parse(json));

        Assert.Equal(expected, dataset.RegistryUrl?.AbsoluteUri);
        Assert.Equal(expected, Assert.Single(dataset.Publications).Url?.AbsoluteUri);
        Assert.Equal(expected, Assert.Single(Collection.FromJson(JsonElement.Parse(json)).Providers).Url?.AbsoluteUri);
        Assert.Equal(json, dataset.ToJson());
    }

    [Theory]
    [InlineData("""{"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 2]]]}""", "Polygon")]
    [InlineData("[1, 2, 3, 4]", null)]
    public void The_bbox_of_a_dataset_has_the_same_type_as_that_of_an_item(string bbox, string? geometry)
    {
        var dataset = Dataset.FromJson(JsonElement.Parse($$"""{"id": "d", "bbox": {{bbox}} }"""));

        Assert.Equal(new Bbox(1, 2, 3, 4), dataset.Bbox);
        Assert.Equal(geometry, dataset.Geometry?.GeometryType);
    }
}
