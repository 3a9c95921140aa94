using System.IO.Compression;
using MlHub.Sdk.Downloads.Identity;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// <c>Content-Encoding</c> (RFC 9110 §8.4). Downloads request no content coding. Many servers still mark a stored <c>.tar.gz</c> with <c>gzip</c>, because of
/// its name, and send it unchanged: these bytes are the file. A body that was compressed in transit is not the file.
/// </summary>
internal static class ContentCoding
{
    private static readonly Dictionary<string, (string[] Extensions, string[] Types)> Stored = new(StringComparer.Ordinal)
    {
        ["gzip"] = (["gz", "tgz"], ["application/gzip", "application/x-gzip", "application/x-tgz", "application/x-compressed-tar", "application/x-tar-gz", "application/tar+gzip"]),
        ["compress"] = (["z", "taz"], ["application/x-compress", "application/x-tarz"]),
        ["bzip2"] = (["bz2", "tbz2", "tbz"], ["application/x-bzip2", "application/x-bzip"]),
        ["xz"] = (["xz", "txz"], ["application/x-xz"]),
        ["zstd"] = (["zst", "tzst"], ["application/zstd", "application/x-zstd"]),
        ["br"] = (["br"], []),
    };

    /// <summary>
    /// Whether Google Cloud Storage stores the file compressed and decompressed it in transit, as it does for clients that do not accept gzip ("decompressive
    /// transcoding"). Length, digests and ranges in such a response describe the compressed bytes.
    /// </summary>
    internal static bool IsDecompressedByGoogle(HttpResponseMessage response) =>
        IsGunzipped(response.Header("X-Guploader-Response-Body-Transformations")) || IsGunzipped(response.Header("Warning"))
        || (BodyCoding.Read(response.Header("x-goog-stored-content-encoding")).Count > 0 && BodyCoding.Read(response.Header("Content-Encoding")).Count == 0);

    /// <summary>
    /// Whether the coding only describes the file's own format: it matches the name or the media type, the length is known, ranges are not refused, and nothing
    /// shows that the server compressed the file. See docs/adr/0025.
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="first">The first bytes. Empty for a part of the file.</param>
    internal static bool IsStored(RemoteResponse response, string name, ReadOnlySpan<byte> first)
    {
        if (response.Codings is not [var coding] || !Stored.TryGetValue(coding, out var format))
        {
            return false;
        }

        var extension = Path.GetExtension(name).TrimStart('.');
        var agrees = extension.Length > 0 && !IsGeneric(extension)
            ? format.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase)
            : format.Types.Contains(response.Identity.MediaType, StringComparer.Ordinal);
        return agrees && !IsPageOf(response.Identity.MediaType, name) && response.ContentLength is not null && response.TransferCoding is null && !response.RefusesRanges && !IsMarkedAsCompressed(response.Identity.ETag)
            && (coding != "gzip" || first.IsEmpty || IsCompressedOnce(first, name));
    }

    private static bool IsGunzipped(string? header) => header?.Contains("gunzipped", StringComparison.OrdinalIgnoreCase) == true;

    // A page that was compressed in transit has the media type of a page. A stored page.xml.gz may have it too.
    private static bool IsPageOf(string? type, string name) =>
        (MediaTypes.IsHtml(type) || MediaTypes.IsXml(type) || MediaTypes.IsJson(type)) && Path.GetExtension(Path.GetFileNameWithoutExtension(name)).ToLowerInvariant() is "" or ".tar";

    private static bool IsGeneric(string extension) => extension.Length > 10 || !extension.Any(char.IsAsciiLetter);

    // Apache appends this to the ETag of bodies that it compresses.
    private static bool IsMarkedAsCompressed(EntityTag? tag) => tag is not null && (tag.Raw.EndsWith("-gzip\"", StringComparison.Ordinal) || tag.Raw.StartsWith("W/", StringComparison.Ordinal));

    // If a .tar.gz was compressed again, the decompressed bytes begin with the magic number of gzip too. A compressed page contains markup.
    private static bool IsCompressedOnce(ReadOnlySpan<byte> first, string name)
    {
        if (first is not [0x1F, 0x8B, ..])
        {
            return false;
        }

        var inside = new byte[64];
        var count = 0;
        try
        {
            using var stream = new GZipStream(new MemoryStream(first.ToArray()), CompressionMode.Decompress);
            count = stream.ReadAtLeast(inside, inside.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            // The body begins like gzip, which is enough if no more can be read.
        }

        return !(count >= 2 && inside is [0x1F, 0x8B, ..]) && !ErrorPages.IsPage(inside.AsSpan(0, count), Path.GetFileNameWithoutExtension(name));
    }
}
