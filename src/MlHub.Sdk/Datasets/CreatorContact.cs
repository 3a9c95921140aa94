using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Who made a dataset.</summary>
public sealed record CreatorContact
{
    /// <summary>A contact address, or null.</summary>
    [JsonPropertyName("contact")]
    public string? Contact { get; init; }

    /// <summary>The creator, in Markdown, or null.</summary>
    [JsonPropertyName("creator")]
    public string? Creator { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    internal static CreatorContact? Read(JsonElement? json) => json is not { ValueKind: JsonValueKind.Object } contact ? null : new CreatorContact
    {
        Contact = contact.Text("contact"),
        Creator = contact.Text("creator"),
        AdditionalFields = contact.Others("contact", "creator"),
    };
}
