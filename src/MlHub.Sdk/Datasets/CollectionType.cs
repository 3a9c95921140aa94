using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>What a collection of a dataset contains. A type that this version of the SDK does not know keeps its name.</summary>
/// <param name="Name">The name in the JSON.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct CollectionType(string Name)
{
    /// <summary>The imagery that was labelled: <c>source_imagery</c>.</summary>
    public static CollectionType SourceImagery { get; } = new("source_imagery");

    /// <summary>Labels (STAC Label extension): <c>labels</c>.</summary>
    public static CollectionType Labels { get; } = new("labels");

    /// <summary>The name in the JSON.</summary>
    public override string ToString() => Name;

    internal sealed class Converter : JsonConverter<CollectionType>
    {
        public override CollectionType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("The type of a collection must be a string."));

        public override void Write(Utf8JsonWriter writer, CollectionType value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
