using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The fields of a STAC Collection as they are on the wire, of both generations. Only <c>id</c> is always there.</summary>
internal sealed record CollectionContent
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("title")]
    public string? Title { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("license")]
    public string? License { get; init; }

    [JsonPropertyName("stac_version")]
    public string? StacVersion { get; init; }

    [JsonPropertyName("stac_extensions")]
    public IReadOnlyList<string>? StacExtensions { get; init; }

    [JsonPropertyName("keywords")]
    public IReadOnlyList<string>? Keywords { get; init; }

    [JsonPropertyName("providers")]
    public IReadOnlyList<Provider>? Providers { get; init; }

    [JsonPropertyName("extent")]
    public Extent? Extent { get; init; }

    [JsonPropertyName("summaries")]
    public JsonElement? Summaries { get; init; }

    [JsonPropertyName("properties")]
    public JsonElement? Properties { get; init; }

    [JsonPropertyName("links")]
    public IReadOnlyList<Link>? Links { get; init; }

    [JsonPropertyName("assets")]
    public IReadOnlyDictionary<string, Asset>? Assets { get; init; }

    [JsonPropertyName("sci:doi")]
    public string? Doi { get; init; }

    [JsonPropertyName("sci:citation")]
    public string? Citation { get; init; }
}
