using System.Text.Json.Nodes;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>A field of the description is a property of the SDK.</summary>
public sealed class EntityFieldsTests
{
    private static readonly ApiDescription Description = ApiDescription.Parse(File.ReadAllText(Repository.Place("openapi/mlhub.yaml")));

    [Fact]
    public async Task Every_field_of_the_description_is_a_property() =>
        Assert.Equal("", string.Join("\n\n", await EntityFields.FindMissingAsync(Description)));

    [Fact]
    public async Task A_field_that_is_no_property_is_named_with_its_type_and_the_line_to_add()
    {
        var changed = Description.Root.DeepClone();
        changed["components"]!["schemas"]!["Dataset"]!["properties"]!["language"] = JsonNode.Parse("""{"description":"The language.","type":"string"}""");

        var missing = Assert.Single(await EntityFields.FindMissingAsync(ApiDescription.Parse(changed.ToJsonString())));

        Assert.Contains("Dataset.language", missing, StringComparison.Ordinal);
        Assert.Contains("src/MlHub.Sdk/Datasets/Dataset.cs", missing, StringComparison.Ordinal);
        Assert.Contains("public string? Language => ", missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_that_is_not_read_does_not_count()
    {
        // Dataset has a property RegistryUrl, which is read from another field.
        var changed = Description.Root.DeepClone();
        changed["components"]!["schemas"]!["Dataset"]!["properties"]!["registry_url"] = JsonNode.Parse("""{"description":"The page.","type":"string"}""");

        Assert.Contains("Dataset.registry_url", Assert.Single(await EntityFields.FindMissingAsync(ApiDescription.Parse(changed.ToJsonString()))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_no_type_stands_for_is_named()
    {
        var changed = Description.Root.DeepClone();
        changed["components"]!["schemas"]!["Award"] = JsonNode.Parse("""{"type":"object","properties":{"name":{"type":"string"}},"example":{"name":"a"}}""");

        Assert.Contains("Award", Assert.Single(await EntityFields.FindMissingAsync(ApiDescription.Parse(changed.ToJsonString()))), StringComparison.Ordinal);
    }
}
