using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// Reads fields of untrusted JSON. A field that is missing, null or of another type is read as null or empty. Nothing throws, because one invalid value must
/// not end a list.
/// </summary>
internal static partial class JsonFields
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}"u8);

    /// <summary>
    /// The field, or null if it is missing or null, or if <paramref name="json"/> is not an object. If there are several, the last one counts.
    /// </summary>
    public static JsonElement? Field(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && TryFind(json, name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The object in a field, or null.</summary>
    public static JsonElement? Object(this JsonElement json, string name) =>
        json.Field(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The object in a field, or an empty object.</summary>
    public static JsonElement ObjectOrEmpty(this JsonElement json, string name) => json.Object(name) ?? EmptyObject;

    /// <summary>The text in a field, or null.</summary>
    public static string? Text(this JsonElement json, string name) => json.Field(name) is { } value ? AsText(value) : null;

    /// <summary>The absolute address in a field, or null.</summary>
    public static Uri? Url(this JsonElement json, string name) =>
        json.Text(name)?.Trim() is { Length: > 0 } text && text[0] != '/' && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    /// <summary>The time in a field, or null.</summary>
    public static DateTimeOffset? Time(this JsonElement json, string name) => StacTime.TryParse(json.Text(name), out var time) ? time : null;

    /// <summary>The whole number in a field, or null. <c>1.0</c> and <c>1e3</c> are whole numbers too.</summary>
    public static long? WholeNumber(this JsonElement json, string name) => json.Field(name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue => (long)number,
        _ => null,
    };

    /// <summary>The number in a field, or null.</summary>
    public static double? Number(this JsonElement json, string name) => json.Field(name) is { } value ? AsNumber(value) : null;

    /// <summary>The texts in a list. Other elements are skipped.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name) => json.List(name, AsText);

    /// <summary>The readable elements of a list. An object instead of a list counts as a list with one element.</summary>
    public static IReadOnlyList<T> List<T>(this JsonElement json, string name, Func<JsonElement, T?> read)
        where T : class => json.Field(name) is { } list ? List(list, read) : [];

    /// <inheritdoc cref="List{T}(JsonElement, string, Func{JsonElement, T})"/>
    public static IReadOnlyList<T> List<T>(JsonElement list, Func<JsonElement, T?> read)
        where T : class => list.ValueKind switch
        {
            JsonValueKind.Array => [.. list.EnumerateArray().Select(read).OfType<T>()],
            JsonValueKind.Object when read(list) is { } one => [one],
            _ => [],
        };

    /// <summary>All fields except the given names, by name.</summary>
    public static Dictionary<string, JsonElement> Others(this JsonElement json, params ReadOnlySpan<string> known)
    {
        var others = new Dictionary<string, JsonElement>();
        foreach (var field in json.EnumerateObject())
        {
            if (IndexOf(field, known) < 0)
            {
                others[NameOf(field)] = field.Value;
            }
        }

        return others;
    }

    /// <summary>Which of the names a field has. Negative if it has none of them.</summary>
    public static int IndexOf(JsonProperty field, ReadOnlySpan<string> names)
    {
        // Without an escape, the bytes of a name are compared, so that no text is made of it.
        var raw = JsonMarshal.GetRawUtf8PropertyName(field);
        if (raw.Contains((byte)'\\'))
        {
            return names.IndexOf(NameOf(field));
        }

        for (var index = 0; index < names.Length; index++)
        {
            if (raw.Length == names[index].Length && Ascii.Equals(raw, names[index]))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>A name. If it is not valid Unicode, its escaped form.</summary>
    public static string NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(field));
        }
    }

    /// <summary>Text; null for anything else, and for text that is not Unicode: half of a surrogate pair, or bytes that are not UTF-8.</summary>
    public static string? AsText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Text, with U+FFFD in place of what is not Unicode; null for anything else.</summary>
    public static string? AsMendedText(JsonElement value) => value.ValueKind != JsonValueKind.String ? null
        : AsText(value) ?? JsonElement.Parse(Escape().Replace(value.ToText(), escape => escape.Value is [_, 'u', 'D' or 'd', >= '8', _, _] ? "\uFFFD" : escape.Value)).GetString();

    /// <summary>A number that is finite; null for anything else.</summary>
    public static double? AsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The exact JSON text. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static string ToText(this JsonElement json) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json));

    /// <summary>Writes an object.</summary>
    public static string Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes a list of texts.</summary>
    public static string WriteTexts(IEnumerable<string> texts)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes a number, or null.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>RFC 8259 §7: a surrogate pair, or any other escape.</summary>
    [GeneratedRegex(@"\\(?:u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)")]
    private static partial Regex Escape();

    private static bool TryFind(JsonElement json, string name, out JsonElement value)
    {
        try
        {
            return json.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            return TryFindAmongInvalidNames(json, name, out value);
        }
    }

    /// <summary>Finds a field even if the name of another field is not valid Unicode, which makes .NET throw.</summary>
    private static bool TryFindAmongInvalidNames(JsonElement json, string name, out JsonElement value)
    {
        value = default;
        foreach (var field in json.EnumerateObject())
        {
            value = NameOf(field) == name ? field.Value : value;
        }

        return value.ValueKind != JsonValueKind.Undefined;
    }
}
