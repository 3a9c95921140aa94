using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>Reads times more kindly than RFC 3339: the API has sent them with and without offset and fraction.</summary>
internal sealed class StacTimeJsonConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TemporalInterval.TryParseTime(reader.GetString()!, out var time)
            ? time
            : throw new JsonException("A time is text such as 2019-07-21T00:00:00Z.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
