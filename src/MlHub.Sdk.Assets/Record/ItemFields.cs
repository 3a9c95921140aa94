using System.Buffers;
using System.Text;
using System.Text.Json;
using MlHub.Sdk.Assets.Catalogue;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk.Assets.Record;

/// <summary>What the rows of all assets of an item have in common. Empty for the assets of a collection itself.</summary>
internal sealed record ItemFields
{
    internal static readonly ItemFields None = new();

    /// <summary>The box as the hub sent it, in one line.</summary>
    internal string? BboxJson { get; init; }

    /// <summary>The geometry as the hub sent it, in one line.</summary>
    internal string? GeometryJson { get; init; }

    internal string? SingleDateTime { get; init; }

    internal string? StartDateTime { get; init; }

    internal string? EndDateTime { get; init; }

    /// <summary>The box for the filter by box: the box of the item, or the one around its geometry. Null if it has neither.</summary>
    internal Bbox? Place { get; init; }

    /// <summary>The box around the shape of the item.</summary>
    internal Bbox? Around { get; init; }

    internal static ItemFields Of(Item item, JsonElement json)
    {
        var (bbox, geometry) = (json.Field("bbox"), json.Field("geometry"));
        var box = item.Bbox;
        var shape = ItemShape.Of(geometry, box);
        return new ItemFields
        {
            BboxJson = Compact(bbox),
            GeometryJson = Compact(geometry),
            SingleDateTime = item.Properties.Text("datetime"),
            StartDateTime = item.Properties.Text("start_datetime") ?? item.Properties.Text("dtr:start_datetime"),
            EndDateTime = item.Properties.Text("end_datetime") ?? item.Properties.Text("dtr:end_datetime"),
            Place = box is { IsInDegrees: true } ? box : shape is not null ? ItemShape.PlaceOf(shape) : item.Place,
            Around = shape is null ? null : ItemShape.BoxOf(shape),
        };
    }

    /// <summary>The time of the item of a row, as <see cref="Item.Time"/>.</summary>
    internal TemporalInterval? Time => (TimeOf(StartDateTime), TimeOf(EndDateTime)) switch
    {
        (null, null) => TimeOf(SingleDateTime) is { } moment ? new TemporalInterval(moment, moment) : null,
        var (start, end) => start > end ? new TemporalInterval(end, start) : new TemporalInterval(start, end),
    };

    /// <summary>The shape of the item of a row.</summary>
    internal static Geometry? ShapeOf(string? bboxJson, string? geometryJson) =>
        ItemShape.Of(geometryJson is null ? null : LenientJson.Parse(Encoding.UTF8.GetBytes(geometryJson)), BoxOf(bboxJson));

    // Indentation would double the size of the database.
    private static string? Compact(JsonElement? json)
    {
        if (json is not { } value)
        {
            return null;
        }

        var text = value.ToText();
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = new ArrayBufferWriter<byte>(text.Length);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static DateTimeOffset? TimeOf(string? text) => StacTime.TryParse(text, out var time) ? time : null;

    internal static Bbox? BoxOf(string? bboxJson) => bboxJson is null ? null : Bbox.Read(LenientJson.Parse(Encoding.UTF8.GetBytes(bboxJson)));
}
