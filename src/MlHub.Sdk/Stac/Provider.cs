using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>An organisation that captured, processed, licenses or hosts the data (STAC 1.0.0, Provider Object).</summary>
public sealed record Provider
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The description, or null.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Its roles: <c>licensor</c>, <c>producer</c>, <c>processor</c>, <c>host</c>. Empty if the server sent none.</summary>
    [JsonPropertyName("roles")]
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Its page, or null.</summary>
    [JsonPropertyName("url")]
    public Uri? Url { get; init; }

    /// <summary>An email address, or null. The API sends it in models.</summary>
    [JsonPropertyName("email")]
    public string? Email { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>The field <c>providers</c>.</summary>
    internal static IReadOnlyList<Provider> ReadAll(JsonElement json) => json.List("providers", Read);

    private static Provider? Read(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null : new Provider
    {
        Name = json.Text("name"),
        Description = json.Text("description"),
        Roles = json.Texts("roles"),
        Url = json.Url("url"),
        Email = json.Text("email"),
        AdditionalFields = json.Others("name", "description", "roles", "url", "email"),
    };
}
