using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>Reads fields that may be missing or of another type.</summary>
internal static class JsonFields
{
    /// <summary>A field of an object. Null if it is missing or null, or if this is no object.</summary>
    internal static JsonElement? Field(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text. Null if it is missing or not a text.</summary>
    internal static string? Text(this JsonElement json, string name) => json.Field(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The elements of an array. Empty if it is missing or no array.</summary>
    internal static IEnumerable<JsonElement> List(this JsonElement json, string name) => json.Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
