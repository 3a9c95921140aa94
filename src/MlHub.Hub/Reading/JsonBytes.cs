using System.Text;
using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>Looks at the bytes of a JSON file before it is parsed.</summary>
internal static class JsonBytes
{
    private static readonly string[] NotNumbers = ["NaN", "Infinity", "-Infinity"];

    /// <summary>The file without a byte order mark, and with null where Python and others write <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</summary>
    internal static ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> file)
    {
        var json = file.Span.StartsWith(Encoding.UTF8.Preamble) ? file[3..] : file;
        return json.Span.IndexOf("NaN"u8) < 0 && json.Span.IndexOf("Infinity"u8) < 0 ? json : WithoutNotNumbers(json.Span);
    }

    /// <summary>Reads a text to its end.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    internal static void RequireJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            // It throws if anything is wrong.
        }
    }

    /// <summary>
    /// Whether the top level of an object has what STAC has. It is false for a GeoJSON FeatureCollection, without reading it to its end: labels may have hundreds of megabytes.
    /// </summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    internal static bool MayBeStac(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            found |= reader.ValueTextEquals("stac_version"u8) || reader.ValueTextEquals("assets"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                if (reader.ValueTextEquals("FeatureCollection"u8))
                {
                    return false;
                }

                found |= reader.ValueTextEquals("Catalog"u8) || reader.ValueTextEquals("Collection"u8);
            }

            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static byte[] WithoutNotNumbers(ReadOnlySpan<byte> json)
    {
        var text = Encoding.UTF8.GetString(json);
        var clean = new StringBuilder(text.Length);
        var isInText = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!isInText && Array.Find(NotNumbers, word => string.CompareOrdinal(text, i, word, 0, word.Length) == 0) is { } found)
            {
                clean.Append("null");
                i += found.Length - 1;
                continue;
            }

            isInText ^= text[i] == '"';
            clean.Append(text[i]);
            if (isInText && text[i] == '\\' && i + 1 < text.Length)
            {
                clean.Append(text[++i]);
            }
        }

        return Encoding.UTF8.GetBytes(clean.ToString());
    }
}
