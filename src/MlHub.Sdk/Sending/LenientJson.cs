using System.Buffers;
using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// Parses JSON (RFC 8259), and reads a bare <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c> as null: Python's <c>json</c> writes them. Valid JSON is not
/// slower, because the text is changed only if the parser rejects it.
/// </summary>
internal static class LenientJson
{
    /// <summary>Parses one value that owns its memory.</summary>
    /// <exception cref="JsonException">The text is not JSON, even with these replacements.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException) when (json.IndexOfAny("NI"u8) >= 0)
        {
            return JsonElement.Parse(WithNulls(json));
        }
    }

    private static ReadOnlySpan<byte> WithNulls(ReadOnlySpan<byte> json)
    {
        var mended = new ArrayBufferWriter<byte>(json.Length + 16);
        while (json.IndexOfAny("\"NI"u8) is >= 0 and var found)
        {
            var rest = json[found..];
            var passed = rest[0] == '"' ? TextLength(rest) : rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : 1;
            if (rest[0] == '"' || passed == 1)
            {
                mended.Write(json[..(found + passed)]);
            }
            else
            {
                mended.Write(found > 0 && json[found - 1] == '-' ? json[..(found - 1)] : json[..found]);
                mended.Write("null"u8);
            }

            json = json[(found + passed)..];
        }

        mended.Write(json);
        return mended.WrittenSpan;
    }

    /// <summary>The length of a string including its quotation marks, or of the rest if the string does not end.</summary>
    private static int TextLength(ReadOnlySpan<byte> text)
    {
        for (var at = 1; at < text.Length;)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                break;
            }

            at += found + 1;
            if (text[at - 1] == '"')
            {
                return at;
            }

            at++;
        }

        return text.Length;
    }
}
