using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The size, dataset and types of the archive of a collection.</summary>
public sealed record ArchiveInfo
{
    /// <summary>The id of the collection, which is the id of the archive.</summary>
    [JsonPropertyName("collection")]
    public required string Collection { get; init; }

    /// <summary>The id of the dataset, or null.</summary>
    [JsonPropertyName("dataset")]
    public string? Dataset { get; init; }

    /// <summary>The size in bytes. It can exceed 32 bits.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>The types of the collection.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<CollectionType> Types { get; init; } = [];

    [JsonIgnore]
    internal JsonElement Json { get; init; }

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included.</summary>
    public string ToJson() => Json.GetRawText();
}
