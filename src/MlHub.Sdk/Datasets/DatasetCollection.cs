using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>What a dataset says of one of its collections, without that collection being fetched.</summary>
public sealed record DatasetCollection
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
    internal static DatasetCollection? Read(JsonElement json) => EntityId.Of(json) is not { } id ? null : new DatasetCollection
    {
        Id = id,
        Types = [.. json.Texts("types").Select(type => new CollectionType(type))],
        License = json.Text("license"),
        AdditionalFields = json.Others("id", "types", "license"),
    };
}
