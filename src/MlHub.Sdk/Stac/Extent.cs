using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Where and when the items of a collection lie (STAC 1.0.0, Extent Object).</summary>
public sealed record Extent
{
    /// <summary>Where: the first box covers everything, further ones are parts of it.</summary>
    [JsonIgnore]
    public IReadOnlyList<Bbox> Bboxes => Spatial?.Bbox ?? [];

    /// <summary>When: the first interval covers everything; an end may be open.</summary>
    [JsonIgnore]
    public IReadOnlyList<TemporalInterval> Intervals => Temporal?.Interval ?? [];

    [JsonInclude]
    [JsonPropertyName("spatial")]
    internal SpatialExtent? Spatial { get; init; }

    [JsonInclude]
    [JsonPropertyName("temporal")]
    internal TemporalExtent? Temporal { get; init; }

    internal sealed record SpatialExtent([property: JsonPropertyName("bbox")] IReadOnlyList<Bbox>? Bbox);

    internal sealed record TemporalExtent([property: JsonPropertyName("interval")] IReadOnlyList<TemporalInterval>? Interval);
}
