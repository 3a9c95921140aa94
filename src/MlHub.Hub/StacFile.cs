using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlHub.Hub.Reading;

namespace MlHub.Hub;

/// <summary>Changes STAC files without changing anything else in them.</summary>
public static class StacFile
{
    /// <summary>Replaces the <c>href</c> of assets in an Item or a Collection. All other bytes stay as they are: spaces, the order of fields, and the digits of numbers.</summary>
    /// <remarks>A byte order mark is removed, and <c>NaN</c> and <c>Infinity</c>, which are not JSON, become null.</remarks>
    /// <param name="file">The file, as UTF-8.</param>
    /// <param name="replace">Gets the key and the <c>href</c> of each asset, and returns the new <c>href</c>, or null to keep it.</param>
    /// <returns>The file with the new hrefs.</returns>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    public static byte[] ReplaceAssetHrefs(ReadOnlyMemory<byte> file, Func<string, string, string?> replace)
    {
        ArgumentNullException.ThrowIfNull(replace);
        return WithAssetHrefs(JsonBytes.Clean(file), replace).ToArray();
    }

    /// <summary>Replaces the <c>href</c> of assets in JSON without <c>NaN</c>. The bytes are the same ones if none is replaced.</summary>
    internal static ReadOnlyMemory<byte> WithAssetHrefs(ReadOnlyMemory<byte> file, Func<string, string, string?> replace)
    {
        var json = file.Span;
        ArrayBufferWriter<byte>? changed = null;
        var copied = 0;
        var reader = new Utf8JsonReader(json);
        if (!MoveToAssets(ref reader))
        {
            return file;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = TextOf(in reader);
            if (!MoveToHref(ref reader))
            {
                continue;
            }

            var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            if (reader.TokenType == JsonTokenType.String && key is not null && TextOf(in reader) is { } before && replace(key, before) is { } href)
            {
                changed ??= new ArrayBufferWriter<byte>(json.Length + 256);
                changed.Write(json[copied..start]);
                changed.Write("\""u8);
                changed.Write(JsonEncodedText.Encode(href, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
                changed.Write("\""u8);
                copied = end;
            }

            SkipRestOfAsset(ref reader);
        }

        if (changed is null)
        {
            return file;
        }

        changed.Write(json[copied..]);
        return changed.WrittenMemory;
    }

    // Null for text that is not Unicode.
    private static string? TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // To the opening brace of the "assets" of the document.
    private static bool MoveToAssets(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAssets = reader.ValueTextEquals("assets"u8);
            reader.Read();
            if (isAssets && reader.TokenType == JsonTokenType.StartObject)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    // To the value of the "href" of the asset whose key was read. If it has none, to the end of the asset.
    private static bool MoveToHref(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHref = reader.ValueTextEquals("href"u8);
            reader.Read();
            if (isHref)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static void SkipRestOfAsset(ref Utf8JsonReader reader)
    {
        reader.Skip();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            reader.Skip();
        }
    }
}
