using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The fields of a dataset as they are on the wire, of both generations. Only <c>id</c> and <c>collections</c> are always there.</summary>
internal sealed record DatasetContent
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("title")]
    public string? Title { get; init; }

    [JsonPropertyName("collections")]
    public required IReadOnlyList<DatasetCollection> Collections { get; init; }

    [JsonPropertyName("registry")]
    public string? Registry { get; init; }

    [JsonPropertyName("doi")]
    public string? Doi { get; init; }

    [JsonPropertyName("citation")]
    public string? Citation { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("documentation_link")]
    public string? DocumentationLink { get; init; }

    [JsonPropertyName("creator_contact")]
    public CreatorContact? CreatorContact { get; init; }

    [JsonPropertyName("date_added")]
    [JsonConverter(typeof(StacTimeJsonConverter))]
    public DateTimeOffset? DateAdded { get; init; }

    [JsonPropertyName("date_modified")]
    [JsonConverter(typeof(StacTimeJsonConverter))]
    public DateTimeOffset? DateModified { get; init; }

    [JsonPropertyName("publications")]
    public IReadOnlyList<Publication>? Publications { get; init; }

    [JsonPropertyName("tools_applications")]
    public IReadOnlyList<Publication>? ToolsApplications { get; init; }

    [JsonPropertyName("tutorials")]
    public IReadOnlyList<Publication>? Tutorials { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }

    [JsonPropertyName("bbox")]
    public JsonElement? Bbox { get; init; }
}
