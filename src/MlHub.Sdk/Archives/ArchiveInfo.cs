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

    /// <summary>The size in bytes. It can exceed 32 bits. Null if the server does not report it.</summary>
    [JsonPropertyName("size")]
    public long? Size { get; init; }

    /// <summary>The types of the collection.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<CollectionType> Types { get; init; } = [];

    [JsonIgnore]
    internal JsonElement Json { get; init; }

    /// <summary>
    /// The JSON as the server sent it, including unknown fields, nulls and the digits of numbers. A bare NaN or Infinity becomes null. If the object was not
    /// received from a server, the JSON is made from the properties.
    /// </summary>
    public string ToJson() => Json.ValueKind != JsonValueKind.Undefined ? Json.ToText() : JsonFields.Write(json =>
    {
        json.WriteString("collection", Collection);
        json.WriteString("dataset", Dataset);
        JsonFields.WriteNumber(json, "size", Size);
        json.WriteStartArray("types");
        foreach (var type in Types)
        {
            json.WriteStringValue(type.Name);
        }

        json.WriteEndArray();
    });

    /// <exception cref="MlHubException">The JSON is not an object.</exception>
    internal static ArchiveInfo Read(JsonElement json, string id) => json.ValueKind != JsonValueKind.Object ? throw ApiBody.WrongShape("a description of an archive") : new ArchiveInfo
    {
        Collection = json.Text("collection") ?? id,
        Dataset = json.Text("dataset"),
        Size = json.WholeNumber("size"),
        Types = [.. json.Texts("types").Select(type => new CollectionType(type))],
        Json = json,
    };
}
