using System.Buffers;
using System.Text;
using System.Text.Json;
using MlHub.Sdk.Assets.Record;

namespace MlHub.Sdk;

/// <summary>An asset of a dataset: a file of an item, or of a collection itself.</summary>
public sealed record DatasetAsset
{
    private readonly string? _geometryJson;

    internal DatasetAsset(AssetRow row)
    {
        CollectionId = row.CollectionId;
        ItemId = row.ItemId;
        Key = row.Key;
        Url = row.Url;
        Path = row.Path;
        IsCommon = row.IsCommon;
        MediaType = row.MediaType;
        Roles = [.. JsonElement.Parse(row.RolesJson).EnumerateArray().Select(role => role.GetString()!)];
        Bytes = row.StatedBytes;
        Digest = FileDigest.TryParse(row.StatedDigest, out var digest) ? digest : null;
        Bbox = ItemFields.BoxOf(row.Item.BboxJson);
        _geometryJson = row.Item.GeometryJson;
        Time = row.Item.Time;
    }

    /// <summary>The id of the collection. Empty if the item has none.</summary>
    public string CollectionId { get; }

    /// <summary>The id of the item. Null for an asset of the collection itself.</summary>
    public string? ItemId { get; }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The address of the file. If it cannot be fetched (<c>file:</c>), the href as the hub sent it. Null if the asset has none.</summary>
    /// <remarks>It may contain a signature that must stay secret.</remarks>
#pragma warning disable CA1056 // It may be any text that the hub sent.
    public string? Url { get; }
#pragma warning restore CA1056

    /// <summary>The path of its file in the directory of the dataset, with slashes.</summary>
    public string Path { get; }

    /// <summary>Whether all items of the collection share the file. The item is then the first one of the selection.</summary>
    public bool IsCommon { get; }

    /// <summary>The media type, or null.</summary>
    public string? MediaType { get; }

    /// <summary>The roles. Empty if the hub sent none.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>The size that the catalogue states (<c>file:size</c>), in bytes, or null.</summary>
    public long? Bytes { get; }

    /// <summary>The digest that the catalogue states (<c>file:checksum</c>), or null.</summary>
    public FileDigest? Digest { get; }

    /// <summary>The bounding box of the item, or null.</summary>
    public Bbox? Bbox { get; }

    /// <summary>The time of the item, or null.</summary>
    public TemporalInterval? Time { get; }

    /// <summary>The asset as JSON: <c>{collection, item, key, url, path, common, type, roles, bytes, digest, bbox, datetime, start_datetime, end_datetime}</c>.</summary>
    public string ToJson() => Write(WriteFields);

    /// <summary>The asset as a GeoJSON Feature with the geometry of its item, and the fields of <see cref="ToJson"/> as properties.</summary>
    public string ToGeoJson() => Write(json =>
    {
        json.WriteString("type", "Feature");
        json.WritePropertyName("geometry");
        json.WriteRawValue(_geometryJson ?? "null");
        json.WriteStartObject("properties");
        WriteFields(json);
        json.WriteEndObject();
    });

    private static string Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private void WriteFields(Utf8JsonWriter json)
    {
        json.WriteString("collection", CollectionId);
        json.WriteString("item", ItemId);
        json.WriteString("key", Key);
        json.WriteString("url", Url);
        json.WriteString("path", Path);
        json.WriteBoolean("common", IsCommon);
        json.WriteString("type", MediaType);
        json.WriteStartArray("roles");
        foreach (var role in Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
        JsonFields.WriteNumber(json, "bytes", Bytes);
        json.WriteString("digest", Digest?.ToString());
        if (Bbox is { } box)
        {
            json.WriteStartArray("bbox");
            foreach (var edge in (ReadOnlySpan<double>)[box.West, box.South, box.East, box.North])
            {
                json.WriteNumberValue(edge);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("bbox");
        }

        var isMoment = Time is not null && Time.Start == Time.End;
        json.WriteString("datetime", isMoment ? Text(Time?.Start) : null);
        json.WriteString("start_datetime", isMoment ? null : Text(Time?.Start));
        json.WriteString("end_datetime", isMoment ? null : Text(Time?.End));
    }

    private static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
