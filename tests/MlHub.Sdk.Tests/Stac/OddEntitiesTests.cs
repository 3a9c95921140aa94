using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Stac;

/// <summary>An entity needs only an id. Everything else may be missing or of any type: it is null or empty then, and stays in the JSON.</summary>
public sealed class OddEntitiesTests
{
    private static readonly string Model = Json.Item("entity", null, """, "start_datetime": "2000-01-01T00:00:00Z", "title": "T", "sci:doi": "10.1/2", "ml-model:architecture": "resnet18" """);

    [Property(MaxTest = 1500)]
    public async Task An_item_with_any_values_is_listed_and_readable(DoNotSize<int> seed)
    {
        var odd = new OddJson(seed.Item).Of(Json.Item("entity"));
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([Json.Item("before"), odd, Json.Item("after")])).Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["before", "entity", "after"], items.Select(item => item.Id));
        EveryProperty.Read(items[1]);
        Assert.Equal(odd, items[1].ToJson());
    }

    [Property(MaxTest = 1000)]
    public async Task A_collection_with_any_values_is_listed_and_readable(DoNotSize<int> seed)
    {
        var assets = """, "assets": {"readme": {"href": "x", "roles": ["documentation"]}}""";
        var odd = new OddJson(seed.Item).Of(Json.Collection("entity", more: assets));
        using var client = new FakeHub().Answers("collections", $$"""{"links": [], "collections": [{{Json.Collection("before")}}, {{odd}}, {{Json.Collection("after")}}]}""").Client();

        var collections = await client.Collections.ListAsync().ToListAsync();

        Assert.Equal(["before", "entity", "after"], collections.Select(collection => collection.Id));
        EveryProperty.Read(collections[1]);
        Assert.Equal(odd, collections[1].ToJson());
    }

    [Property(MaxTest = 1000)]
    public async Task A_dataset_with_any_values_is_listed_and_readable(DoNotSize<int> seed)
    {
        var odd = new OddJson(seed.Item).Of(Json.DatasetB);
        using var client = new FakeHub().Answers("datasets", $"[{Json.DatasetA}, {odd}, {Json.DatasetA}]").Client();

        var datasets = await client.Datasets.ListAsync().ToListAsync();

        Assert.Equal(3, datasets.Count);
        EveryProperty.Read(datasets[1]);
        Assert.Equal(odd, datasets[1].ToJson());
    }

    [Property(MaxTest = 500)]
    public async Task A_model_with_any_values_is_listed_and_readable(DoNotSize<int> seed)
    {
        var odd = new OddJson(seed.Item).Of(Model);
        using var client = new FakeHub().Answers("models", $"[{odd}]").Client();

        var model = await client.Models.ListAsync().SingleAsync();

        EveryProperty.Read(model);
        Assert.Equal(odd, model.ToJson());
    }

    [Property(MaxTest = 500)]
    public async Task The_description_of_an_archive_or_a_catalogue_can_have_any_values(DoNotSize<int> seed)
    {
        var odd = new OddJson(seed.Item).Of("""{"id": "entity", "collection": "c", "dataset": "d", "size": 1, "types": ["labels"], "stac_catalog_size": 2, "estimated_dataset_size": 3}""");
        using var client = new FakeHub().Answers("archive/c/info", odd).Answers("catalog/d/info", odd).Client();

        EveryProperty.Read(await client.Archives.GetInfoAsync("c"));
        EveryProperty.Read(await client.Catalogs.GetInfoAsync("d"));
    }

    [Fact]
    public void Only_an_id_is_required()
    {
        using var client = new FakeHub().Client();
        var json = JsonElement.Parse("""{"id": "only"}""");

        EveryProperty.Read(Item.FromJson(json));
        EveryProperty.Read(MlModel.FromJson(json));
        EveryProperty.Read(Collection.FromJson(json, client));
        EveryProperty.Read(Dataset.FromJson(json, client));
        Assert.Equal(JsonValueKind.Object, Item.FromJson(json).Properties.ValueKind);
        Assert.Empty(Dataset.FromJson(json, client).Collections);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id": null}""")]
    [InlineData("""{"id": ""}""")]
    [InlineData("""{"id": ["a"]}""")]
    [InlineData("\"a\"")]
    [InlineData("[]")]
    public void An_object_without_an_id_is_not_an_entity(string json) =>
        Assert.Contains("it has no id", Assert.Throws<MlHubException>(() => Item.FromJson(JsonElement.Parse(json))).Message, StringComparison.Ordinal);

    // RFC 7946 §3.2; seen in ResonantGeoData's items.
    [Fact]
    public void A_number_is_an_id_too() => Assert.Equal("22", Item.FromJson(JsonElement.Parse("""{"id": 22}""")).Id);

    [Theory]
    [InlineData("\\ud800", "\uFFFD")]
    [InlineData("a\\udfffb\\ud83d\\ude00\\\"\\\\ud800", "a\uFFFDb😀\"\\ud800")]
    [InlineData("\\ud800\\ud83d\\ude00", "\uFFFD😀")]
    public async Task An_id_with_half_a_surrogate_pair_is_an_id(string id, string read)
    {
        var odd = $$"""{"id": "{{id}}", "type": "Feature"}""";
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([odd, Json.Item("2")])).Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal([read, "2"], items.Select(item => item.Id));
        Assert.Equal(odd, items[0].ToJson());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_replaced_with_one_warning_for_a_list()
    {
        byte[] latin1 = [.. """{"features": [{"id": "1"}, {"id": "caf"""u8, 0xE9, .. "\"}, {\"id\": \"na"u8, 0xEF, .. "f\"}], \"links\": []}"u8];
        using var log = new Downloads.CollectedLog();
        using var client = new FakeHub()
            .Answers("collections/c/items", _ => new HttpResponseMessage { Content = new ByteArrayContent(latin1) })
            .Client(change: settings => settings.Loggers = log);

        Assert.Equal(["1", "caf\uFFFD", "na\uFFFDf"], await client.Collections.ListItemsAsync("c").Select(item => item.Id).ToListAsync());

        Assert.Equal(
            ["The server's JSON is not UTF-8 everywhere, first at features[1] of https://hub.example/mlhub/v1/collections/c/items. Such bytes are shown as U+FFFD."],
            log.Messages);
    }

    [Fact]
    public async Task An_entity_without_an_id_is_skipped_with_a_warning_that_contains_its_position()
    {
        using var log = new Downloads.CollectedLog();
        using var client = new FakeHub()
            .Answers("collections/c/items", Json.Page([Json.Item("1"), "null", Json.Item("2")], $"?token=1&key={Uri.EscapeDataString(FakeHub.Key)}"))
            .Answers("collections/c/items?token=1", Json.Page(["""{"type": "Feature"}""", Json.Item("3")]))
            .Client(change: settings => settings.Loggers = log);

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["1", "2", "3"], items.Select(item => item.Id));
        Assert.Equal(
            [
                "An entity without an id was skipped: features[1] of https://hub.example/mlhub/v1/collections/c/items.",
                "An entity without an id was skipped: features[0] of https://hub.example/mlhub/v1/collections/c/items?token=***.",
            ],
            log.Messages);
    }

    [Fact]
    public async Task Invalid_UTF_8_affects_only_its_own_text()
    {
        byte[] latin1 = [.. """{"id": "x", "title": "caf"""u8, 0xE9, .. "\", \"license\": \"MIT\"}"u8];
        using var client = new FakeHub().Answers("collections/x", _ => new HttpResponseMessage { Content = new ByteArrayContent(latin1) }).Client();

        var collection = await client.Collections.GetAsync("x");

        Assert.Null(collection.Title);
        Assert.Equal("MIT", collection.License);
        Assert.Contains("caf\uFFFD", collection.ToJson(), StringComparison.Ordinal);
    }
}
