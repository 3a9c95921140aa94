using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Reads and writes an interval as an array of two times, either of which may be null.</summary>
internal sealed class TemporalIntervalJsonConverter : JsonConverter<TemporalInterval>
{
    private static readonly StacTimeJsonConverter Time = new();

    public override TemporalInterval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var ends = new List<DateTimeOffset?>(2);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("An interval is an array of two times.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ends.Add(reader.TokenType == JsonTokenType.Null ? null : Time.Read(ref reader, typeof(DateTimeOffset), options));
        }

        return ends is [var start, var end] ? new TemporalInterval(start, end) : throw new JsonException("An interval is an array of two times.");
    }

    public override void Write(Utf8JsonWriter writer, TemporalInterval value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var end in new[] { value.Start, value.End })
        {
            if (end is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                writer.WriteStringValue(end.Value);
            }
        }

        writer.WriteEndArray();
    }
}
