using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Reads and writes a bounding box as an array of four or six numbers (RFC 7946 §5).</summary>
internal sealed class BboxJsonConverter : JsonConverter<Bbox>
{
    public override Bbox Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Bbox.Read(JsonElement.ParseValue(ref reader)) ?? throw new JsonException("A bbox must be an array of four numbers, or of six with heights.");

    public override void Write(Utf8JsonWriter writer, Bbox value, JsonSerializerOptions options)
    {
        double?[] numbers = value.MinHeight is null
            ? [value.West, value.South, value.East, value.North]
            : [value.West, value.South, value.MinHeight, value.East, value.North, value.MaxHeight];
        writer.WriteStartArray();
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number ?? 0);
        }

        writer.WriteEndArray();
    }
}
