using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Reads and writes a bounding box as an array of four or six numbers (RFC 7946 §5).</summary>
internal sealed class BboxJsonConverter : JsonConverter<Bbox>
{
    public override Bbox Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A bbox is an array of numbers.");
        }

        var numbers = new List<double>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : throw new JsonException("A bbox holds numbers alone."));
        }

        return numbers switch
        {
            [var west, var south, var east, var north] => new Bbox(west, south, east, north),
            [var west, var south, var low, var east, var north, var high, ..] => new Bbox(west, south, east, north) { MinHeight = low, MaxHeight = high },
            _ => throw new JsonException("A bbox is four numbers, or six with heights."),
        };
    }

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
