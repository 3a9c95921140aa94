using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>Where and when the items of a collection lie (STAC 1.0.0, Extent Object).</summary>
public sealed record Extent
{
    /// <summary>Where: the first box covers everything, further ones are parts of it.</summary>
    public IReadOnlyList<Bbox> Bboxes { get; init; } = [];

    /// <summary>When: the first interval covers everything; an end may be open.</summary>
    public IReadOnlyList<TemporalInterval> Intervals { get; init; } = [];

    /// <summary>Reads the extents of STAC 1 (lists in objects) and those before 0.8 (a box and an interval).</summary>
    internal static Extent? Read(JsonElement? json) => json is not { ValueKind: JsonValueKind.Object } extent ? null : new Extent
    {
        Bboxes = [.. In(extent, "spatial", "bbox", Bbox.Read)],
        Intervals = [.. In(extent, "temporal", "interval", TemporalInterval.Read)],
    };

    private static IEnumerable<T> In<T>(JsonElement extent, string kind, string list, Func<JsonElement, T?> read)
        where T : class => extent.Field(kind) is not { } field ? []
        : field.ValueKind == JsonValueKind.Object ? (field.Field(list) is { } listed ? ReadAll(listed, read, levels: 3) : [])
        : ReadAll(field, read, levels: 3);

    /// <summary>What can be read in a list of lists, whether it is flat or nested once more than it should be.</summary>
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
