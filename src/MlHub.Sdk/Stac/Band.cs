using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A spectral band of an image (STAC EO extension, <c>eo:bands</c>).</summary>
public sealed record Band
{
    /// <summary>The sensor's name for the band, for example <c>B02</c>, or null.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The common name of the band, for example <c>blue</c>, or null.</summary>
    [JsonPropertyName("common_name")]
    public string? CommonName { get; init; }

    /// <summary>The ground sample distance, which is the distance between the centres of two pixels, in metres; or null.</summary>
    [JsonPropertyName("gsd")]
    public double? Gsd { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>The value of <c>eo:bands</c>.</summary>
    internal static IReadOnlyList<Band> ReadAll(JsonElement bands) =>
        bands.ValueKind == JsonValueKind.Array ? [.. bands.EnumerateArray().Select(Read).OfType<Band>()] : [];

    private static Band? Read(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null : new Band
    {
        Name = json.Text("name"),
        CommonName = json.Text("common_name"),
        Gsd = json.Number("gsd"),
        AdditionalFields = json.Others("name", "common_name", "gsd"),
    };
}
