using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The size of the STAC catalogue of a dataset. Added in the 2022 version of the API.</summary>
public sealed record CatalogInfo
{
    /// <summary>The id of the dataset.</summary>
    [JsonPropertyName("dataset")]
    public required string Dataset { get; init; }

    /// <summary>The size of the catalogue, in bytes. Null if the server does not report it.</summary>
    [JsonPropertyName("stac_catalog_size")]
    public long? StacCatalogSize { get; init; }

    /// <summary>The estimated size of all files of the dataset, in bytes, or null.</summary>
    [JsonPropertyName("estimated_dataset_size")]
    public long? EstimatedDatasetSize { get; init; }

    [JsonIgnore]
    internal JsonElement Json { get; init; }

    /// <summary>
    /// The JSON as the server sent it, including unknown fields, nulls and the digits of numbers. A bare NaN or Infinity becomes null. If the object was not
    /// received from a server, the JSON is made from the properties.
    /// </summary>
    public string ToJson() => Json.ValueKind != JsonValueKind.Undefined ? Json.ToText() : JsonFields.Write(json =>
    {
        json.WriteString("dataset", Dataset);
        JsonFields.WriteNumber(json, "stac_catalog_size", StacCatalogSize);
        JsonFields.WriteNumber(json, "estimated_dataset_size", EstimatedDatasetSize);
    });

    /// <exception cref="MlHubException">The JSON is not an object.</exception>
    internal static CatalogInfo Read(JsonElement json, string id) => json.ValueKind != JsonValueKind.Object ? throw ApiBody.WrongShape("a description of a catalogue") : new CatalogInfo
    {
        Dataset = json.Text("dataset") ?? id,
        StacCatalogSize = json.WholeNumber("stac_catalog_size"),
        EstimatedDatasetSize = json.WholeNumber("estimated_dataset_size"),
        Json = json,
    };
}
