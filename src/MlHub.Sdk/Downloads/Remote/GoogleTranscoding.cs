using System.Net.Http.Headers;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Google Cloud Storage stores some files compressed and sends them decompressed to clients that do not accept gzip ("decompressive transcoding"). Length,
/// digests and ranges in such an answer are those of the compressed bytes.
/// </summary>
internal static class GoogleTranscoding
{
    internal static bool IsDecompressed(HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders) =>
        (First(headers, "X-Guploader-Response-Body-Transformations")?.Contains("gunzipped", StringComparison.OrdinalIgnoreCase) ?? false)
        || (First(headers, "Warning")?.Contains("gunzipped", StringComparison.OrdinalIgnoreCase) ?? false)
        || (First(headers, "x-goog-stored-content-encoding") is { } stored && !stored.Equals("identity", StringComparison.OrdinalIgnoreCase)
            && !contentHeaders.Contains("Content-Encoding"));

    private static string? First(HttpHeadersNonValidated headers, string name) => headers.TryGetValues(name, out var values) ? values.ToString() : null;
}
