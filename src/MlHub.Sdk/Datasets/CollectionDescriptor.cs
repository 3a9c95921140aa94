using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>What a dataset says of one of its collections. The <see cref="Collection"/> itself is not fetched for it.</summary>
public sealed record CollectionDescriptor
{
    /// <summary>The id of the collection, which is that of its archive too.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What it holds: source imagery, labels, or both.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<CollectionType> Types { get; init; } = [];

    /// <summary>Its license, Markdown; null in generation A.</summary>
    [JsonPropertyName("license")]
    public string? License { get; init; }

    /// <summary>Every other field, by its name on the wire.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>Reads one; null if it has no id.</summary>
    internal static CollectionDescriptor? Read(JsonElement json) => EntityId.Of(json) is not { } id ? null : new CollectionDescriptor
    {
        Id = id,
        Types = [.. json.Texts("types").Select(type => new CollectionType(type))],
        License = json.Text("license"),
        AdditionalFields = json.Others("id", "types", "license"),
    };
}
