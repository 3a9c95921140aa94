using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>The rules for openapi/mlhub.yaml, for its readers: people, Kiota and NSwag.</summary>
public sealed partial class DescriptionTests
{
    private static readonly ApiDescription Description = ApiDescription.Parse(File.ReadAllText(Repository.Place("openapi/mlhub.yaml")));

    [Fact]
    public void Every_operation_says_whether_it_needs_a_key() => AssertNone(
        Description.Operations.Where(operation => operation.Value["security"]?.ToJsonString() is not ("[]" or """[{"key":[]}]""")));

    [Fact]
    public void The_key_is_a_query_parameter()
    {
        var key = Description.Root["components"]!["securitySchemes"]!["key"]!;

        Assert.Equal(("apiKey", "query", "key"), ((string?)key["type"], (string?)key["in"], (string?)key["name"]));
    }

    [Fact]
    public void Every_operation_has_a_name_a_summary_a_description_and_a_tag()
    {
        var tags = Description.Root["tags"]!.AsArray().Select(tag => (string?)tag!["name"]).ToList();

        AssertNone(Description.Operations.Where(operation =>
            IsBlank(operation.Value["operationId"]) || IsBlank(operation.Value["summary"]) || IsBlank(operation.Value["description"])
            || !tags.Contains((string?)Assert.Single(operation.Value["tags"]!.AsArray()))));
        Assert.Distinct(Description.Operations.Select(operation => (string?)operation.Value["operationId"]));
    }

    [Fact]
    public void Every_operation_lists_its_failures() => AssertNone(
        from operation in Description.Operations
        let responses = operation.Value["responses"]!.AsObject()
        let needsKey = operation.Value["security"]!.AsArray().Count > 0
        let asksForOne = operation.Name.EndsWith('}') || operation.Name.EndsWith("/info", StringComparison.Ordinal)
        where !responses.ContainsKey("default") || (needsKey && !responses.ContainsKey("401")) || (asksForOne && !responses.ContainsKey("404"))
        select operation);

    [Fact]
    public void Every_failure_of_a_GET_has_a_reason() => AssertNone(
        from response in Description.Responses
        where response.Name.StartsWith("GET", StringComparison.Ordinal) && !response.Name.EndsWith("200", StringComparison.Ordinal)
        where (string?)response.Value["content"]?["application/json"]?["schema"]?["$ref"] != "#/components/schemas/Error"
        select response);

    [Fact]
    public void Every_parameter_header_and_response_is_described()
    {
        AssertNone(Description.Parameters.Where(parameter => IsBlank(parameter.Value["description"]) || parameter.Value["example"] is null));
        AssertNone(Description.Headers.Where(header => IsBlank(header.Value["description"]) || header.Value["example"] is null));
        AssertNone(Description.Responses.Where(response => IsBlank(response.Value["description"])));
    }

    [Fact]
    public void Every_schema_and_property_is_described()
    {
        AssertNone(Description.Schemas.Where(schema => IsBlank(schema.Value["description"])));
        AssertNone(Description.Properties.Where(property => IsBlank(property.Value["description"])));
    }

    [Fact]
    public void Every_schema_has_an_example_that_shows_all_its_properties() => AssertNone(
        from schema in Description.Schemas
        let shown = schema.Value["example"]
        where shown is null || ApiDescription.PropertiesOf(schema.Value).Any(property => !shown.AsObject().ContainsKey(property.Name))
        select schema);

    [Fact]
    public void Path_parameters_make_readable_builders() => AssertNone(
        Description.Parameters.Where(parameter => (string?)parameter.Value["in"] == "path" && !CamelCase().IsMatch((string)parameter.Value["name"]!)));

    // STAC API has commas in its lists.
    [Fact]
    public void Lists_in_a_query_are_repeated_parameters_but_those_of_STAC_API_have_commas() => AssertNone(
        from parameter in Description.Parameters
        where (string?)parameter.Value["schema"]!["type"] == "array"
        let isOfStacApi = (string?)parameter.Value["name"] is "collections" or "ids" or "bbox" or "q" or "sortby" or "fields"
        where (string?)parameter.Value["style"] != "form" || (bool?)parameter.Value["explode"] != !isOfStacApi
        select parameter);

    // Beside a binary 200, any of these makes Kiota's method return nothing.
    [Fact]
    public void Redirects_are_described_in_text_and_not_declared()
    {
        AssertNone(Description.Responses.Where(response => BodilessStatus().IsMatch(response.Name)));
        AssertNone(Description.Responses.Where(response =>
            response.Value["content"]?["application/gzip"] is not null && response.Value["content"]!.AsObject().Count != 1));
    }

    // NSwag writes enumerations in lists as numbers, Kiota reads values it does not know as null; neither understands oneOf.
    [Fact]
    public void No_schema_uses_a_feature_that_a_generator_handles_incorrectly()
    {
        var words = Words(Description.Root).ToList();

        Assert.DoesNotContain("enum", words);
        Assert.DoesNotContain("oneOf", words);
        Assert.DoesNotContain("anyOf", words);
        Assert.DoesNotContain("ProblemDetails", words);
    }

    private static IEnumerable<string> Words(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Words(field.Value).Prepend(field.Key)),
        JsonArray elements => elements.SelectMany(Words),
        _ => [],
    };

    private static bool IsBlank(JsonNode? text) => string.IsNullOrWhiteSpace((string?)text);

    private static void AssertNone(IEnumerable<(string Name, JsonNode Value)> offenders) => Assert.Empty(offenders.Select(offender => offender.Name));

    [GeneratedRegex(@"\A[a-z]+([A-Z][a-z]*)*\z")]
    private static partial Regex CamelCase();

    [GeneratedRegex(@" (20[1-9]|3..)\z")]
    private static partial Regex BodilessStatus();
}
