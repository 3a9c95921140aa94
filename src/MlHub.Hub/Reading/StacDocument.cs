using System.Text.Json;
using System.Text.Unicode;

namespace MlHub.Hub.Reading;

/// <summary>A STAC Catalog, Collection or Item of any version from 0.8, and what the index knows about it.</summary>
internal sealed record StacDocument
{
    internal required StacKind Kind { get; init; }

    internal required string Id { get; init; }

    /// <summary>The collection that the item names. Null if it names none.</summary>
    internal string? Collection { get; init; }

    /// <summary>The box of the item, or the box around its geometry. Null if it has neither.</summary>
    internal Box? Box { get; init; }

    /// <summary>The first and the last moment of the item, as ticks of UTC. Null if it has no time.</summary>
    internal (long Start, long End)? Time { get; init; }

    /// <summary>The STAC extensions, separated and surrounded by spaces.</summary>
    internal string Extensions { get; init; } = "";

    internal bool IsLabel { get; init; }

    internal bool IsModel { get; init; }

    /// <summary>Whether the server can send it as it is.</summary>
    internal bool IsRegular { get; init; }

    /// <summary>The bytes of the file. <c>NaN</c> and <c>Infinity</c>, which some programs write, are replaced by null, and a byte order mark is removed.</summary>
    internal required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Reads a file.</summary>
    /// <returns>The document. Null if the file is JSON, but not STAC.</returns>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    internal static StacDocument? Read(ReadOnlyMemory<byte> file)
    {
        var json = JsonBytes.Clean(file);
        if (!JsonBytes.MayBeStac(json.Span))
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        try
        {
            RequireUnicode(document.RootElement, json.Span);
            return Read(document.RootElement, json);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("it has text that is not Unicode");
        }
    }

    // The server could not send it. JsonDocument finds out only when a text is used.
    private static void RequireUnicode(JsonElement root, ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("it has text that is not Unicode");
        }

        if (json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0)
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            root.WriteTo(writer);
        }
    }

    private static StacDocument? Read(JsonElement root, ReadOnlyMemory<byte> json)
    {
        var kind = KindOf(root);
        return kind == StacKind.None || IdOf(root) is not { } id ? null : kind == StacKind.Item ? ReadItem(id, root, json) : new StacDocument
        {
            Kind = kind,
            Id = id,
            Extensions = ExtensionsOf(root),
            IsLabel = IsLabelOf(root, ExtensionsOf(root)),
            Json = json,
        };
    }

    private static StacDocument ReadItem(string id, JsonElement item, ReadOnlyMemory<byte> json)
    {
        var extensions = ExtensionsOf(item);
        var properties = item.Field("properties");
        return new StacDocument
        {
            Kind = StacKind.Item,
            Id = id,
            Collection = item.Text("collection") ?? properties?.Text("collection"),
            Box = Reading.Box.Of(item.Field("bbox")) ?? Reading.Box.Around(item.Field("geometry")),
            Time = TimeOf(properties),
            Extensions = extensions,
            IsLabel = IsLabelOf(item, extensions),
            IsModel = extensions.Contains("ml-model", StringComparison.Ordinal),
            IsRegular = IsRegularItem(item),
            Json = json,
        };
    }

    /// <summary>Whether the server can send a collection, or the common parts of an item, as they are.</summary>
    internal static bool IsRegularEntity(JsonElement document) =>
        document.Text("id") is not null
        && (document.Field("assets") is not { } all || (all.ValueKind == JsonValueKind.Object && all.EnumerateObject().All(asset => asset.Value.Text("href") is not null)))
        && (document.Field("links") is not { } links || (links.ValueKind == JsonValueKind.Array && links.EnumerateArray().All(IsLink)));

    /// <summary>Whether clients can use a link.</summary>
    internal static bool IsLink(JsonElement link) => link.Text("href") is not null && link.Text("rel") is not null;

    // Before STAC 1.0, items may name their collection elsewhere.
    private static bool IsRegularItem(JsonElement item) =>
        item.Text("collection") is not null && item.Text("type") == "Feature" && item.Field("assets") is not null && IsRegularEntity(item);

    // Before STAC 1.0, catalogs and collections have no type.
    private static StacKind KindOf(JsonElement root) => root.ValueKind != JsonValueKind.Object ? StacKind.None : root.Text("type") switch
    {
        "Feature" => root.Field("assets") is { ValueKind: JsonValueKind.Object } || root.Text("stac_version") is not null ? StacKind.Item : StacKind.None,
        "Collection" => StacKind.Collection,
        "Catalog" => StacKind.Catalog,
        null when root.Text("stac_version") is null => StacKind.None,
        null => root.Field("extent") is { ValueKind: JsonValueKind.Object } ? StacKind.Collection
            : root.Field("properties") is { ValueKind: JsonValueKind.Object } ? StacKind.Item
            : root.Field("links") is { ValueKind: JsonValueKind.Array } ? StacKind.Catalog
            : StacKind.None,
        _ => StacKind.None,
    };

    private static string? IdOf(JsonElement root) => root.Field("id") switch
    {
        { ValueKind: JsonValueKind.String } id when JsonFields.TextOf(id) is { Length: > 0 } text => text,
        { ValueKind: JsonValueKind.Number } id => id.GetRawText(),
        _ => null,
    };

    private static string ExtensionsOf(JsonElement root)
    {
        var texts = root.Field("stac_extensions") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Where(text => text.ValueKind == JsonValueKind.String).Select(JsonFields.TextOf).OfType<string>() : [];
        var joined = string.Join(' ', texts);
        return joined.Length == 0 ? "" : $" {joined} ";
    }

    private static bool IsLabelOf(JsonElement root, string extensions) =>
        extensions.Contains("/label/", StringComparison.Ordinal) || extensions.Contains(" label ", StringComparison.Ordinal)
        || (root.Field("properties") is { ValueKind: JsonValueKind.Object } properties && properties.EnumerateObject().Any(property => property.Name.StartsWith("label:", StringComparison.Ordinal)));

    private static (long Start, long End)? TimeOf(JsonElement? properties)
    {
        if (properties is not { ValueKind: JsonValueKind.Object } found)
        {
            return null;
        }

        var moment = TicksOf(found, "datetime");
        return (moment ?? TicksOf(found, "start_datetime") ?? TicksOf(found, "dtr:start_datetime")) is not { } start ? null
            : (start, Math.Max(start, moment ?? TicksOf(found, "end_datetime") ?? TicksOf(found, "dtr:end_datetime") ?? start));
    }

    private static long? TicksOf(JsonElement properties, string name) =>
        properties.Text(name) is { } text && Rfc3339.TryReadAnyTime(text, out var time) ? time.UtcTicks : null;
}
