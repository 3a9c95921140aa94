using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A link of a STAC object or of a page (STAC 1.0.0, Link Object).</summary>
public sealed record Link
{
    /// <summary>The relation of the target, for example <c>self</c>, <c>next</c> or <c>ml-model:train-data</c>.</summary>
    [JsonPropertyName("rel")]
    public string? Rel { get; init; }

    /// <summary>The address of the target, as the server sent it. It can be absolute or relative.</summary>
    [JsonPropertyName("href")]
    public string? Href { get; init; }

    /// <summary>The media type of the target, or null.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The title, or null.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>The HTTP method for the link, for example <c>POST</c>. Null means <c>GET</c>.</summary>
    [JsonPropertyName("method")]
    public string? Method { get; init; }

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>The field <c>links</c>: a list, or an object with links by <c>rel</c>, as before STAC 0.6.</summary>
    internal static IReadOnlyList<Link> ReadAll(JsonElement json) => json.Field("links") switch
    {
        { ValueKind: JsonValueKind.Object } byRel when byRel.Text("href") is null =>
            [.. byRel.EnumerateObject().Select(field => Read(field.Value) is { } link ? link with { Rel = link.Rel ?? JsonFields.NameOf(field) } : null).OfType<Link>()],
        _ => json.List("links", Read),
    };

    /// <summary>The http or https address of the first link <c>self</c>; null if there is none.</summary>
    internal static Uri? ReadSelf(JsonElement json)
    {
        // Most items have a list without one, which need not be read completely.
        var mayHave = json.Field("links") is not { ValueKind: JsonValueKind.Array } links || links.EnumerateArray().Any(link => link.Text("rel") == "self");
        return mayHave && ReadAll(json).FirstOrDefault(link => link.Rel == "self")?.Href is { } href
            && Uri.TryCreate(href, UriKind.Absolute, out var self) && self.Scheme is "http" or "https" ? self : null;
    }

    private static Link? Read(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null : new Link
    {
        Rel = json.Text("rel"),
        Href = json.Text("href"),
        Type = json.Text("type"),
        Title = json.Text("title"),
        Method = json.Text("method"),
        AdditionalFields = json.Others("rel", "href", "type", "title", "method"),
    };
}
