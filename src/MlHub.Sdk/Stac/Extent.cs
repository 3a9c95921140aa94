using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>The area and the time range of the items of a collection (STAC 1.0.0, Extent Object).</summary>
public sealed record Extent
{
    /// <summary>The bounding boxes. The first covers all items; the others cover parts of it.</summary>
    public IReadOnlyList<Bbox> Bboxes { get; init; } = [];

    /// <summary>The time intervals. The first covers all items. Either end can be open.</summary>
    public IReadOnlyList<TemporalInterval> Intervals { get; init; } = [];

    /// <summary>Reads an extent in the format of STAC 1 (lists in objects) or of versions before 0.8 (a box and an interval).</summary>
    internal static Extent? Read(JsonElement? json) => json is not { ValueKind: JsonValueKind.Object } extent ? null : new Extent
    {
        Bboxes = [.. In(extent, "spatial", "bbox", Bbox.Read)],
        Intervals = [.. In(extent, "temporal", "interval", TemporalInterval.Read)],
    };

    private static IEnumerable<T> In<T>(JsonElement extent, string kind, string list, Func<JsonElement, T?> read)
        where T : class => extent.Field(kind) is not { } field ? []
        : field.ValueKind == JsonValueKind.Object ? (field.Field(list) is { } listed ? ReadAll(listed, read, levels: 3) : [])
        : ReadAll(field, read, levels: 3);

    /// <summary>Reads what it can from a list of lists. The list can be flat, or nested one level too deep.</summary>
    private static IEnumerable<T> ReadAll<T>(JsonElement json, Func<JsonElement, T?> read, int levels)
        where T : class
    {
        if (json.ValueKind != JsonValueKind.Array || levels == 0)
        {
            return [];
        }

        var isFlat = json.EnumerateArray().Any(element => element.ValueKind != JsonValueKind.Array);
        return !isFlat ? json.EnumerateArray().SelectMany(element => ReadAll(element, read, levels - 1))
            : read(json) is { } one ? [one]
            : json.EnumerateArray().SelectMany(element => ReadAll(element, read, levels - 1));
    }
}
