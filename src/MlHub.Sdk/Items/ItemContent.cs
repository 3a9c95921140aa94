using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The fields of a STAC Item as they are on the wire, of both generations.</summary>
internal sealed record ItemContent
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("collection")]
    public string? Collection { get; init; }

    [JsonPropertyName("bbox")]
    public Bbox? Bbox { get; init; }

    [JsonPropertyName("assets")]
    public IReadOnlyDictionary<string, Asset>? Assets { get; init; }

    [JsonPropertyName("links")]
    public IReadOnlyList<Link>? Links { get; init; }

    [JsonPropertyName("stac_version")]
    public string? StacVersion { get; init; }

    [JsonPropertyName("stac_extensions")]
    public IReadOnlyList<string>? StacExtensions { get; init; }
}
