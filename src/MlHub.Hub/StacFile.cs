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
        var json = JsonBytes.Clean(file);
        JsonBytes.RequireJson(json.Span);
        return WithAssetHrefs(json, replace).ToArray();
    }

    /// <summary>Replaces the <c>href</c> of assets in JSON that was checked before. The bytes are the same ones if none is replaced.</summary>
    internal static ReadOnlyMemory<byte> WithAssetHrefs(ReadOnlyMemory<byte> file, Func<string, string, string?> replace)
    {
        var json = file.Span;
        ArrayBufferWriter<byte>? changed = null;
        var copied = 0;
        var scan = new JsonScan(json);
        scan.Value();
        if (!scan.IsObject)
        {
            return file;
        }

        // A member can be there twice. Readers use the last one, so all are replaced.
        while (MoveToAssets(ref scan))
        {
            while (MoveToAsset(ref scan, out var key))
            {
                while (MoveToHref(ref scan))
                {
                    if (key is not null && scan.Text() is { } before && replace(key, before) is { } href)
                    {
                        changed ??= new ArrayBufferWriter<byte>(json.Length + 256);
                        changed.Write(json[copied..scan.Start]);
                        changed.Write("\""u8);
                        changed.Write(JsonEncodedText.Encode(href, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
                        changed.Write("\""u8);
                        copied = scan.End;
                    }

                    scan.Skip();
                }
            }
        }

        if (changed is null)
        {
            return file;
        }

        changed.Write(json[copied..]);
        return changed.WrittenMemory;
    }

    // Into the next "assets" of the document.
    private static bool MoveToAssets(ref JsonScan scan)
    {
        while (scan.Next())
        {
            var isAssets = scan.Is("assets"u8);
            scan.Value();
            if (isAssets && scan.IsObject)
            {
                return true;
            }

            scan.Skip();
        }

        return false;
    }

    // Into the next asset.
    private static bool MoveToAsset(ref JsonScan scan, out string? key)
    {
        while (scan.Next())
        {
            key = scan.Text();
            scan.Value();
            if (scan.IsObject)
            {
                return true;
            }

            scan.Skip();
        }

        key = null;
        return false;
    }

    // To the value of the next "href" of the asset.
    private static bool MoveToHref(ref JsonScan scan)
    {
        while (scan.Next())
        {
            var isHref = scan.Is("href"u8);
            scan.Value();
            if (isHref)
            {
                return true;
            }

            scan.Skip();
        }

        return false;
    }
}
