using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A paper about a STAC object (STAC Scientific Citation extension, <c>sci:publications</c>).</summary>
public sealed record SciPublication
{
    /// <summary>The DOI of the paper, or null.</summary>
    [JsonPropertyName("doi")]
    public string? Doi { get; init; }

    /// <summary>How to cite the paper, or null.</summary>
    [JsonPropertyName("citation")]
    public string? Citation { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>The field <c>sci:publications</c>.</summary>
    internal static IReadOnlyList<SciPublication> ReadAll(JsonElement json) => json.List("sci:publications", Read);

    private static SciPublication? Read(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null : new SciPublication
    {
        Doi = json.Text("doi"),
        Citation = json.Text("citation"),
        AdditionalFields = json.Others("doi", "citation"),
    };
}
