using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A dataset's description of one of its collections. It is available without fetching the <see cref="Collection"/>.</summary>
public sealed record CollectionDescriptor
{
    /// <summary>The id of the collection. Its archive has the same id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What the collection contains: source imagery, labels, or both.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<CollectionType> Types { get; init; } = [];

    /// <summary>The license, in Markdown. Null in the 2021 version of the API.</summary>
    [JsonPropertyName("license")]
    public string? License { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>Reads a descriptor. Null if it has no id.</summary>
    internal static CollectionDescriptor? Read(JsonElement json) => EntityId.Of(json) is not { } id ? null : new CollectionDescriptor
    {
        Id = id,
        Types = [.. json.Texts("types").Select(type => new CollectionType(type))],
        License = json.Text("license"),
        AdditionalFields = json.Others("id", "types", "license"),
    };
}
