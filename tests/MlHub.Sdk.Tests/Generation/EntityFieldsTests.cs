using System.Text.Json.Nodes;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>A field of the description is a property of the SDK.</summary>
public sealed class EntityFieldsTests
{
    private static readonly ApiDescription Description = ApiDescription.Parse(File.ReadAllText(Repository.Place("openapi/mlhub.yaml")));

    [Fact]
    public async Task Every_field_of_the_description_is_a_property()
    {
        var missing = await EntityFields.FindMissingAsync(Description);

        Assert.True(missing.Count == 0, string.Join("\n\n", missing));
    }

    [Theory]
    [InlineData("Dataset", "string", "src/MlHub.Sdk/Datasets/Dataset.cs", "public string? Added => _json.Text(\"added\");")]
    [InlineData("ItemProperties", "number", "src/MlHub.Sdk/Items/Item.cs", "public double? Added => Properties.Number(\"added\");")]
    [InlineData("Provider", "integer", "src/MlHub.Sdk/Stac/Provider.cs", "public long? Added { get; init; }", "Added = json.WholeNumber(\"added\"),")]
    public async Task A_missing_property_is_reported_with_the_lines_to_add(string schema, string type, string file, params string[] lines)
    {
        var missing = await FindAddedAsync($"{schema}.added", schemas => schemas[schema]!["properties"]!["added"] = new JsonObject { ["description"] = "It is new.", ["type"] = type });

        Assert.Contains(file, missing, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Contains(line, missing, StringComparison.Ordinal));
    }

    [Fact]
    public Task A_property_that_is_not_read_from_the_field_does_not_count() =>

        // Dataset has a property RegistryUrl, which is read from another field.
        FindAddedAsync("Dataset.registry_url", schemas => schemas["Dataset"]!["properties"]!["registry_url"] = new JsonObject { ["type"] = "string" });

    [Fact]
    public Task A_schema_without_a_type_is_reported() =>
        FindAddedAsync("schema Award", schemas => schemas["Award"] = JsonNode.Parse("""{"type":"object","properties":{"name":{"type":"string"}},"example":{"name":"a"}}"""));

    /// <summary>What is missing after a change of the schemas, and was not before: one text, which has the words.</summary>
    private static async Task<string> FindAddedAsync(string words, Action<JsonNode> change)
    {
        var changed = Description.Root.DeepClone();
        change(changed["components"]!["schemas"]!);
        var missing = await EntityFields.FindMissingAsync(ApiDescription.Parse(changed.ToJsonString()));

        return Assert.Single(missing.Except(await EntityFields.FindMissingAsync(Description)), text => text.Contains(words, StringComparison.Ordinal));
    }
}
