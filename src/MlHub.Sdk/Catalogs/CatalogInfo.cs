using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The size of the STAC catalogue of a dataset. The API has it since 2022.</summary>
public sealed record CatalogInfo
{
    /// <summary>The id of the dataset.</summary>
    [JsonPropertyName("dataset")]
    public required string Dataset { get; init; }

    /// <summary>The size of the catalogue, in bytes. Null if the server does not tell it.</summary>
    [JsonPropertyName("stac_catalog_size")]
    public long? StacCatalogSize { get; init; }

    /// <summary>The estimated size of all files of the dataset, in bytes; or null.</summary>
    [JsonPropertyName("estimated_dataset_size")]
    public long? EstimatedDatasetSize { get; init; }

    [JsonIgnore]
    internal JsonElement Json { get; init; }

    /// <summary>
    /// The JSON as the server sent it: unknown fields, nulls and the digits of numbers included. A bare NaN or Infinity is null. What no server sent is written from the properties.
    /// </summary>
    public string ToJson() => Json.ValueKind != JsonValueKind.Undefined ? Json.ToText() : JsonFields.Write(json =>
    {
        json.WriteString("dataset", Dataset);
        JsonFields.WriteNumber(json, "stac_catalog_size", StacCatalogSize);
        JsonFields.WriteNumber(json, "estimated_dataset_size", EstimatedDatasetSize);
    });

    /// <exception cref="MlHubException">The JSON is not an object.</exception>
    internal static CatalogInfo Read(JsonElement json, string id) => json.ValueKind != JsonValueKind.Object ? throw ApiBody.WrongShape("what is known of a catalogue") : new CatalogInfo
    {
        Dataset = json.Text("dataset") ?? id,
        StacCatalogSize = json.WholeNumber("stac_catalog_size"),
        EstimatedDatasetSize = json.WholeNumber("estimated_dataset_size"),
        Json = json,
    };
}
