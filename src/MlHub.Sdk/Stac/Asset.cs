using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>A file that belongs to an item, a collection or a model (STAC 1.0.0, Asset Object).</summary>
public sealed record Asset
{
    /// <summary>The address of the file, as the server sent it. It can be absolute or relative, and can be an <c>s3://</c> address.</summary>
    [JsonPropertyName("href")]
    public string? Href { get; init; }

    /// <summary>The media type, for example <c>image/tiff</c>, or null.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The title, or null.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>The description, or null.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>The roles of the file, for example <c>data</c> or <c>ml-model:checkpoint</c>. Empty if the server sent none.</summary>
    [JsonPropertyName("roles")]
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The bands in the file (<c>eo:bands</c>, STAC EO extension), read from <see cref="AdditionalFields"/>. Empty if the server sent none.</summary>
    [JsonIgnore]
    public IReadOnlyList<Band> Bands => AdditionalFields.TryGetValue("eo:bands", out var bands) ? Band.ReadAll(bands) : [];

    /// <summary>Every other field, by its name in the JSON.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> AdditionalFields { get; set; } = new Dictionary<string, JsonElement>();

    /// <summary>The field <c>assets</c>: files by key. If it is a list, the key of a file is its index.</summary>
    internal static IReadOnlyDictionary<string, Asset> ReadAll(JsonElement json)
    {
        var assets = new Dictionary<string, Asset>();
        var index = 0;
        switch (json.Field("assets"))
        {
            case { ValueKind: JsonValueKind.Object } byKey:
                foreach (var field in byKey.EnumerateObject())
                {
                    Add(JsonFields.NameOf(field), field.Value);
                }

                break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var element in list.EnumerateArray())
                {
                    Add(index++.ToString(CultureInfo.InvariantCulture), element);
                }

                break;
        }

        return assets;

        void Add(string key, JsonElement asset)
        {
            if (asset.ValueKind == JsonValueKind.Object)
            {
                assets[key] = Read(asset);
            }
        }
    }

    private static Asset Read(JsonElement json) => new()
    {
        Href = json.Text("href"),
        Type = json.Text("type"),
        Title = json.Text("title"),
        Description = json.Text("description"),
        Roles = json.Texts("roles"),
        AdditionalFields = json.Others("href", "type", "title", "description", "roles"),
    };
}
