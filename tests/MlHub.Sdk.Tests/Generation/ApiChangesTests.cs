using System.Text.Json.Nodes;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>The output of eng/regenerate.cs for a change of the description, and the changes that the changelog must name.</summary>
public sealed class ApiChangesTests
{
    private static readonly string Text = File.ReadAllText(Repository.Place("openapi/mlhub.yaml"));

    [Fact]
    public void A_description_that_is_the_same_has_no_changes() => Assert.Empty(Changes(_ => { }));

    [Fact]
    public void Changes_of_texts_and_examples_are_not_API_changes() => Assert.Empty(Changes(api =>
    {
        api["info"]!["version"] = "2.0.0";
        Operation(api, "/datasets")["summary"] = "All of them";
        Schema(api, "Dataset")["example"]!["id"] = "another";
        Schema(api, "Dataset")["properties"]!["id"]!["description"] = "What it is called.";
    }));

    [Fact]
    public void A_new_operation_is_not_a_breaking_change() => AssertChange(
        "not breaking  added    GET /models/new",
        api => api["paths"]!["/models/new"] = api["paths"]!["/models"]!.DeepClone());

    [Fact]
    public void A_removed_operation_is_a_breaking_change() => AssertChange(
        "breaking      removed  GET /models/{modelId}",
        api => api["paths"]!.AsObject().Remove("/models/{modelId}"));

    [Fact]
    public void The_name_of_a_path_parameter_is_not_part_of_the_API() => Assert.Empty(Changes(api =>
    {
        var path = api["paths"]!["/models/{modelId}"]!;
        api["paths"]!.AsObject().Remove("/models/{modelId}");
        api["paths"]!["/models/{id}"] = path;
        path["get"]!["parameters"]![0]!["name"] = "id";
    }));

    [Fact]
    public void A_new_field_is_not_a_breaking_change() => AssertChange(
        "not breaking  added    Dataset.spoken_language: string",
        api => Schema(api, "Dataset")["properties"]!["spoken_language"] = new JsonObject { ["type"] = "string" });

    [Fact]
    public void A_removed_field_is_a_breaking_change() => AssertChange(
        "breaking      removed  Dataset.status",
        api => Schema(api, "Dataset")["properties"]!.AsObject().Remove("status"));

    [Theory]
    [InlineData("type", "\"string\"", "breaking      changed  ArchiveInfo.size: type is now string (int64), was integer (int64)")]
    [InlineData("nullable", "true", "breaking      changed  ArchiveInfo.size: nullable is now true, was not given")]
    [InlineData("maximum", "5", "not breaking  changed  ArchiveInfo.size: maximum is now 5, was not given")]
    [InlineData("enum", "[1, 2]", "not breaking  changed  ArchiveInfo.size: enum is now 1, 2, was not given")]
    public void A_response_field_with_more_possible_values_is_a_breaking_change(string keyword, string value, string line) =>
        AssertChange(line, api => Schema(api, "ArchiveInfo")["properties"]!["size"]![keyword] = JsonNode.Parse(value));

    [Fact]
    public void A_response_field_that_becomes_optional_is_a_breaking_change() => AssertChange(
        "breaking      changed  CatalogInfo.stac_catalog_size: required is now false, was true",
        api => Schema(api, "CatalogInfo")["required"] = new JsonArray("dataset", "estimated_dataset_size"));

    [Theory]
    [InlineData("required", "true", "breaking      changed  GET /collections/{collectionId}/items limit: required is now true, was false")]
    [InlineData("schema/maximum", "100", "breaking      changed  GET /collections/{collectionId}/items limit: maximum is now 100, was not given")]
    [InlineData("schema/minimum", "2", "breaking      changed  GET /collections/{collectionId}/items limit: minimum is now 2, was 1")]
    [InlineData("schema/minimum", "0", "not breaking  changed  GET /collections/{collectionId}/items limit: minimum is now 0, was 1")]
    [InlineData("schema/nullable", "true", "not breaking  changed  GET /collections/{collectionId}/items limit: nullable is now true, was not given")]
    public void A_parameter_with_fewer_allowed_values_is_a_breaking_change(string keyword, string value, string line) => AssertChange(line, api =>
    {
        var node = Parameter(Operation(api, "/collections/{collectionId}/items"), "limit");
        var keys = keyword.Split('/');
        (keys.Length == 1 ? node : node[keys[0]]!)[keys[^1]] = JsonNode.Parse(value);
    });

    [Theory]
    [InlineData(false, "not breaking  added    GET /models owner: string")]
    [InlineData(true, "breaking      added    GET /models owner: required")]
    public void A_new_required_parameter_is_a_breaking_change(bool required, string line) => AssertChange(line, api =>
        Operation(api, "/models")["parameters"] = new JsonArray(
            new JsonObject { ["name"] = "owner", ["in"] = "query", ["required"] = required, ["schema"] = new JsonObject { ["type"] = "string" } }));

    [Fact]
    public void A_removed_parameter_is_a_breaking_change() => AssertChange(
        "breaking      removed  GET /datasets text",
        api => Operation(api, "/datasets")["parameters"]!.AsArray().RemoveAt(1));

    [Fact]
    public void A_new_requirement_for_a_key_is_a_breaking_change()
    {
        AssertChange("breaking      changed  GET /models: key is now needed, was not needed", api => Operation(api, "/models")["security"] = JsonNode.Parse("""[{"key":[]}]"""));
        AssertChange("not breaking  changed  GET /catalog/{datasetId}/info: key is now not needed, was needed", api => Operation(api, "/catalog/{datasetId}/info")["security"] = new JsonArray());
    }

    [Fact]
    public void A_removed_media_type_is_a_breaking_change() => AssertChange(
        "breaking      removed  GET /collections/{collectionId}/items 200 application/json",
        api => Operation(api, "/collections/{collectionId}/items")["responses"]!["200"]!["content"]!.AsObject().Remove("application/json"));

    [Fact]
    public void A_removed_failure_is_not_a_breaking_change() => AssertChange(
        "not breaking  removed  GET /models 429",
        api => Operation(api, "/models")["responses"]!.AsObject().Remove("429"));

    [Fact]
    public void Another_root_URL_is_a_breaking_change() => AssertChange(
        "breaking      changed  servers: url is now https://example.org/v2, was https://api.radiant.earth/mlhub/v1",
        api => api["servers"]![0]!["url"] = "https://example.org/v2");

    [Fact]
    public void Breaking_changes_come_first() => Assert.Equal(
        [true, false],
        Changes(api =>
        {
            Schema(api, "Band")["properties"]!["new"] = new JsonObject { ["type"] = "string" };
            Schema(api, "Dataset")["properties"]!.AsObject().Remove("status");
        }).Select(change => change.IsBreaking));

    [Fact]
    public void A_file_that_is_not_an_API_description_is_rejected()
    {
        Assert.Throws<FormatException>(() => ApiDescription.Parse("paths: [unclosed"));
        Assert.Throws<FormatException>(() => ApiDescription.Parse("openapi: 3.0.3"));
        Assert.Throws<FormatException>(() => ApiDescription.Parse(""));
    }

    [Fact]
    public void Breaking_changes_since_the_last_release_are_in_the_changelog()
    {
        ApiChange[] changes = [new(ApiChangeKind.Removed, "Dataset.status", "", IsBreaking: true), new(ApiChangeKind.Added, "Dataset.language", "string", IsBreaking: false)];
        const string Before = "# Changelog\n\n## [Unreleased]\n\n- Something else.\n\n## [1.0.0]\n\n- `Dataset.status` came.\n";
        const string After = "# Changelog\n\n## [Unreleased]\n\n- `Dataset.status` is gone: use `State`.\n\n## [1.0.0]\n\n- The first.\n";

        Assert.Equal(["Dataset.status"], new Changelog(Before).Unnamed(changes, "1.0.0").Select(change => change.Name));
        Assert.Empty(new Changelog(After).Unnamed(changes, "1.0.0"));
        Assert.Empty(new Changelog(Before).Unnamed(changes, version: null));
    }

    private static void AssertChange(string line, Action<JsonNode> edit) => Assert.Equal([line], Changes(edit).Select(change => change.ToString()));

    private static IReadOnlyList<ApiChange> Changes(Action<JsonNode> edit)
    {
        var before = ApiDescription.Parse(Text);
        var after = before.Root.DeepClone();
        edit(after);
        return ApiChanges.Between(before, ApiDescription.Parse(after.ToJsonString()));
    }

    private static JsonNode Operation(JsonNode api, string path) => api["paths"]![path]!["get"]!;

    private static JsonNode Schema(JsonNode api, string name) => api["components"]!["schemas"]![name]!;

    private static JsonNode Parameter(JsonNode operation, string name) => operation["parameters"]!.AsArray().First(parameter => (string?)parameter!["name"] == name)!;
}
