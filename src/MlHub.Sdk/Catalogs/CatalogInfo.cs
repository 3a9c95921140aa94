using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>The size of the STAC catalogue of a dataset. The API has it since 2022.</summary>
public sealed record CatalogInfo
{
    /// <summary>The id of the dataset.</summary>
    [JsonPropertyName("dataset")]
    public required string Dataset { get; init; }

    /// <summary>The size of the catalogue, in bytes.</summary>
    [JsonPropertyName("stac_catalog_size")]
    public required long StacCatalogSize { get; init; }

    /// <summary>The estimated size of all files of the dataset, in bytes; or null.</summary>
    [JsonPropertyName("estimated_dataset_size")]
    public long? EstimatedDatasetSize { get; init; }

    [JsonIgnore]
    internal JsonElement Json { get; init; }

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included.</summary>
    public string ToJson() => Json.GetRawText();
}
