using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A publication, tutorial, tool or application related to a dataset.</summary>
public sealed record Publication
{
    /// <summary>Its address, or null.</summary>
    [JsonPropertyName("url")]
    public Uri? Url { get; init; }

    /// <summary>Its title, or null.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>The author, or null.</summary>
    [JsonPropertyName("author_name")]
    public string? AuthorName { get; init; }

    /// <summary>The author's page, or null.</summary>
    [JsonPropertyName("author_url")]
    public Uri? AuthorUrl { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    internal static Publication? Read(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null : new Publication
    {
        Url = json.Url("url"),
        Title = json.Text("title"),
        AuthorName = json.Text("author_name"),
        AuthorUrl = json.Url("author_url"),
        AdditionalFields = json.Others("url", "title", "author_name", "author_url"),
    };
}
