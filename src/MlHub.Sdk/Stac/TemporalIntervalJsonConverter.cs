using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Reads and writes an interval as an array of two times, either of which may be null.</summary>
internal sealed class TemporalIntervalJsonConverter : JsonConverter<TemporalInterval>
{
    public override TemporalInterval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TemporalInterval.Read(JsonElement.ParseValue(ref reader)) ?? throw new JsonException("An interval must be an array of two times.");

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
