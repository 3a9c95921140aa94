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

    private static readonly string[] KnownTexts = ["href", "type", "title", "description"];

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

    // Every field is looked at once, because a catalogue has hundreds of thousands of assets. Of fields with the same name, the last one counts.
    private static Asset Read(JsonElement json)
    {
        var (texts, roles, others) = (new string?[KnownTexts.Length], default(JsonElement), new Dictionary<string, JsonElement>());
        foreach (var field in json.EnumerateObject())
        {
            if (JsonFields.IndexOf(field, KnownTexts) is >= 0 and var index)
            {
                texts[index] = JsonFields.AsText(field.Value);
            }
            else if (JsonFields.IndexOf(field, ["roles"]) == 0)
            {
                roles = field.Value;
            }
            else
            {
                others[JsonFields.NameOf(field)] = field.Value;
            }
        }

        return new Asset
        {
            Href = texts[0],
            Type = texts[1],
            Title = texts[2],
            Description = texts[3],
            Roles = JsonFields.List(roles, JsonFields.AsText),
            AdditionalFields = others,
        };
    }
}
