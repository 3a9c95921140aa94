using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A file that belongs to an item, a collection or a model (STAC 1.0.0, Asset Object).</summary>
public sealed record Asset
{
    /// <summary>Where the file is, as the server wrote it: absolute or relative; <c>s3://</c> occurs.</summary>
    [JsonPropertyName("href")]
    public string? Href { get; init; }

    /// <summary>The media type, for example <c>image/tiff</c>; or null.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>What people may call the file, or null.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>What else is said of it, or null.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>What the file is for, for example <c>data</c> or <c>ml-model:checkpoint</c>; or null.</summary>
    [JsonPropertyName("roles")]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Every other field, such as <c>eo:bands</c> (STAC EO extension), by its name on the wire.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();
}
