using System.Text.Json;
using Json.Schema;

namespace MlHub.Hub.Tests;

/// <summary>Definitions are read strictly, and errors name the place in the file.</summary>
public sealed class DefinitionTests
{
    private const string Place = """ "place": { "type": "s3", "url": "https://bucket.example.org" } """;

    [Theory]
    [InlineData("{\n\"id\": }", "line 2 is not JSON.")]
    [InlineData("[]", "the file must be an object: { … }.")]
    [InlineData("""{ "id": "a" }""", "datasets is missing: it lists the datasets of the hub.")]
    [InlineData("""{ "id": "a", "datasets": {} }""", "datasets must be a list: [ … ].")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d" } ] }""", "datasets[0].place is missing: it says where the files of the dataset are.")]
    [InlineData("""{ "id": "../a", "datasets": [ { "id": "d", PLACE } ] }""", "id may have only letters, digits, dots, underscores and hyphens, and begins with a letter or a digit.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d/e", PLACE } ] }""", "datasets[0].id may have only letters, digits, dots, underscores and hyphens, and begins with a letter or a digit.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE }, { "id": "d", PLACE } ] }""", "the dataset 'd' is there twice.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "titel": "D" } ] }""", "datasets[0].titel is not known. datasets[0] can have: citation, collections, description, doi, id, license, place, stac, tags, tested, title.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", "place": { "type": "gcs", "url": "https://x.org" } } ] }""", "datasets[0].place.type must be s3, azure-blob, http or directory, not 'gcs'.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", "place": { "type": "s3", "url": "s3://bucket" } } ] }""", "datasets[0].place.url must be a complete address that begins with http:// or https://, without user, ? and #. For a place that not everybody may list, add \"signed\": true.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", "place": { "type": "http", "url": "https://user:secret@x.org" } } ] }""", "datasets[0].place.url must be a complete address that begins with http:// or https://, without user, ? and #.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", "place": { "type": "directory", "path": "data" } } ] }""", "datasets[0].place.path is a path of this machine, which this definition cannot have.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "types": ["images"] } ] } ] }""", "datasets[0].collections[0].types can have source_imagery and labels, not 'images'.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "items": ["{a}{b}.tif"] } ] } ] }""", "datasets[0].collections[0].items[0]: '{a}{b}.tif' has two placeholders side by side before '.tif': nothing tells where the first ends. Put a character between them.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "items": ["{A}.tif"] } ] } ] }""", "datasets[0].collections[0].items[0]: '{A}.tif' has a brace without a name. Write {name}, with a name of small letters, digits and underscores.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "items": [ { "path": "{a}.tif", "id": "{b}" } ] } ] } ] }""", "datasets[0].collections[0].items[0]: {b} is not in the template '{a}.tif'.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "items": [ { "id": "{b}" } ] } ] } ] }""", "datasets[0].collections[0].items[0].path is missing.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "items": [ "{a}.tif" ], "boxes": { "path": "t.csv", "key": "b" } } ] } ] }""", "datasets[0].collections[0].boxes.key is 'b', but the template '{a}.tif' has no {b}.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "boxes": { "key": "b" } } ] } ] }""", "datasets[0].collections[0].boxes needs either file, a file beside the definition, or path, a file of the dataset.")]
    [InlineData("""{ "id": "a", "datasets": [ { "id": "d", PLACE, "collections": [ { "id": "c", "bbox": [1, 2, 3] } ] } ] }""", "datasets[0].collections[0].bbox must be [west, south, east, north] in degrees.")]
    public void What_is_wrong_is_named_with_its_place(string json, string expected)
    {
        var error = Assert.Throws<FormatException>(() => HubDefinition.Parse(System.Text.Encoding.UTF8.GetBytes(json.Replace("PLACE", Place, StringComparison.Ordinal))));

        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public async Task A_file_is_named_in_the_error_and_relative_paths_begin_at_its_folder()
    {
        await using var directory = new HubDirectory();
        directory.Write("data/labels/01.tif", "labels");
        directory.Write("tiles.csv", "id,west,south,east,north\n01,1,2,3,4\n");
        var wrong = directory.Write("wrong.json", "{}");
        var right = directory.Write("right.json", """
            { "id": "a", "datasets": [ { "id": "d", "place": { "type": "directory", "path": "data" }, "collections": [
              { "id": "c", "items": [ "labels/{tile}.tif" ], "boxes": { "file": "tiles.csv", "key": "tile" } } ] } ] }
            """);
        await using var hubs = new OpenHubs();

        var error = await Assert.ThrowsAsync<FormatException>(() => HubDefinition.ReadAsync(wrong));
        var hub = await hubs.OpenAsync(await HubDefinition.ReadAsync(right));

        Assert.StartsWith($"'{wrong}' is not a hub definition: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("[1,2,3,4]", (await hub.FindItemAsync("c", "c_01", default))!.Json.GetProperty("bbox").GetRawText());
        await File.WriteAllTextAsync(directory.Place("tiles.csv"), "id,west,south,east,north\n01,5,6,7,8\n");
        Assert.True(await hub.RefreshAsync());
        Assert.Equal("[5,6,7,8]", (await hub.FindItemAsync("c", "c_01", default))!.Json.GetProperty("bbox").GetRawText());
    }

    [Fact]
    public void Known_definitions_say_what_they_were_tested_against()
    {
        Assert.Equal(["azure-mlhub", "rapidai4eo", "source-coop"], HubDefinition.KnownNames);
        Assert.All(HubDefinition.KnownNames, name =>
        {
            var definition = HubDefinition.Known(name);
            Assert.Equal(name, definition.Id);
            Assert.Contains("could not be reached", definition.Tested, StringComparison.Ordinal);
            Assert.NotEmpty(definition.Datasets);
        });
        Assert.Contains("ref_african_crops_kenya_02", HubDefinition.Known("source-coop").Datasets);
        Assert.StartsWith("There is no definition 'x'. There are: azure-mlhub, rapidai4eo, source-coop.", Assert.Throws<ArgumentException>(() => HubDefinition.Known("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_accepts_definitions_and_refuses_what_is_wrong()
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Repository.Place("docs/schemas/mlhub.hub.schema.json")));
        foreach (var name in HubDefinition.KnownNames)
        {
            Assert.True(IsValid(schema, File.ReadAllText(Repository.Place($"src/MlHub.Hub/Definitions/{name}.json"))), name);
        }

        Assert.True(IsValid(schema, $$"""
            { "id": "a", "title": "A", "tested": "now", "datasets": [ { "id": "d", "title": "D", "description": "x", "doi": "10.5555/x", "citation": "x", "license": "x", "tags": ["x"],
              "place": { "type": "directory", "path": "data" }, "stac": ["**.json"], "collections": [ { "id": "c", "title": "C", "types": ["labels"], "items": ["{a}.tif", { "path": "{b}.tif", "id": "{b}", "asset": "x" }],
              "boxes": { "file": "x.csv", "key": "a", "field": "id" }, "bbox": [1, 2, 3, 4], "archive": "c.tar.gz" } ] } ] }
            """));
        foreach (var wrong in (string[])
            ["{}", """{ "id": "a", "datasets": [] }""", """{ "id": "a", "datasets": [ { "id": "d" } ] }""", $$"""{ "id": "a", "datasets": [ { "id": "d", {{Place}}, "titel": "x" } ] }""",
                """{ "id": "a", "datasets": [ { "id": "d", "place": { "type": "directory", "url": "https://x.org" } } ] }"""])
        {
            Assert.False(IsValid(schema, wrong), wrong);
        }
    }

    private static bool IsValid(JsonSchema schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        return schema.Evaluate(document.RootElement).IsValid;
    }
}
