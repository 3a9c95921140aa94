using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>Reads fields that may be missing or of another type.</summary>
internal static class JsonFields
{
    /// <summary>A field of an object. Null if it is missing or null, or if this is not an object.</summary>
    internal static JsonElement? Field(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && TryFind(json, name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>A text. Null if it is missing or not a text.</summary>
    internal static string? Text(this JsonElement json, string name) => json.Field(name) is { ValueKind: JsonValueKind.String } text ? TextOf(text) : null;

    /// <summary>The text of a string. Null if it is not Unicode, such as half of a surrogate pair.</summary>
    internal static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // A name that is not Unicode makes .NET throw while it looks for another one.
    private static JsonElement? TryFind(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The elements of an array. Empty if it is missing or no array.</summary>
    internal static IEnumerable<JsonElement> List(this JsonElement json, string name) => json.Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
