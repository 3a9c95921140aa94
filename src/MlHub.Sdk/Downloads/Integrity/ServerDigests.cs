using System.Net.Http.Headers;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>The digests of the whole file that an answer's headers promise.</summary>
internal static class ServerDigests
{
    private static readonly (string Header, DigestAlgorithm Algorithm)[] AmazonChecksums =
    [
        ("x-amz-checksum-sha256", DigestAlgorithm.Sha256),
        ("x-amz-checksum-sha1", DigestAlgorithm.Sha1),
        ("x-amz-checksum-crc64nvme", DigestAlgorithm.Crc64Nvme),
        ("x-amz-checksum-crc32c", DigestAlgorithm.Crc32C),
        ("x-amz-checksum-crc32", DigestAlgorithm.Crc32),
    ];

    /// <param name="isWhole">Whether the body is the whole file. Some headers are about the body, not about the file.</param>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="contentHeaders">The headers of its body.</param>
    internal static IReadOnlyList<FileDigest> Read(bool isWhole, HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders)
    {
        var found = new List<FileDigest>();

        // RFC 9530: Repr-Digest is of the whole representation whatever was asked for, Content-Digest of what this answer carries.
        AddStructured(found, First(headers, contentHeaders, "Repr-Digest"));
        AddStructured(found, isWhole ? First(headers, contentHeaders, "Content-Digest") : null);

        // RFC 1864: Content-MD5 is of this answer's body. Azure gives the whole blob's under its own name beside it.
        AddBase64(found, DigestAlgorithm.Md5, Each(headers, contentHeaders, "x-ms-blob-content-md5"));
        AddBase64(found, DigestAlgorithm.Md5, isWhole ? Each(headers, contentHeaders, "Content-MD5") : []);
        AddGoogle(found, First(headers, contentHeaders, "x-goog-hash"), First(headers, contentHeaders, "x-goog-stored-content-encoding"));

        if (isWhole)
        {
            AddAmazon(found, headers, contentHeaders);
            AddAmazonETag(found, headers, contentHeaders);
        }

        return found;
    }

    private static string? First(HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders, string name) =>
        headers.TryGetValues(name, out var values) || contentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    // A header sent twice promises twice.
    private static string[] Each(HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders, string name) =>
        headers.TryGetValues(name, out var values) || contentHeaders.TryGetValues(name, out values) ? [.. values] : [];

    private static void AddBase64(List<FileDigest> found, DigestAlgorithm algorithm, string[] values)
    {
        foreach (var value in values)
        {
            AddBase64(found, algorithm, value);
        }
    }

    // What is promised twice differently is kept twice: no file is both.
    private static void AddBase64(List<FileDigest> found, DigestAlgorithm algorithm, string? value)
    {
        if (value is not null && DigestText.TryReadBase64(algorithm, value.AsSpan().Trim(), out var digest) && !found.Contains(digest))
        {
            found.Add(digest);
        }
    }

    // A dictionary of byte sequences (RFC 8941 §3.2, §3.3.5): sha-256=:…:, md5=:…: Of a name that comes twice, the last counts.
    private static void AddStructured(List<FileDigest> found, string? value)
    {
        var last = new Dictionary<DigestAlgorithm, string>();
        foreach (var member in (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = member.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !DigestAlgorithms.TryParse(member.AsSpan(0, equals), out var algorithm))
            {
                continue;
            }

            var bytes = member.AsSpan(equals + 1);
            if (bytes is [':', ..] && bytes[1..].IndexOf(':') is > 0 and var end)
            {
                last[algorithm] = bytes.Slice(1, end).ToString();
            }
        }

        foreach (var (algorithm, text) in last)
        {
            AddBase64(found, algorithm, text);
        }
    }

    // What Google stores compressed and sends decompressed has a hash of the compressed bytes.
    private static void AddGoogle(List<FileDigest> found, string? value, string? storedEncoding)
    {
        if (storedEncoding is not null && !storedEncoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var member in (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = member.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && DigestAlgorithms.TryParse(member.AsSpan(0, equals), out var algorithm))
            {
                AddBase64(found, algorithm, member[(equals + 1)..]);
            }
        }
    }

    private static void AddAmazon(List<FileDigest> found, HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders)
    {
        // A composite checksum (of the parts' checksums) bears a suffix -N or says so, and is not the file's.
        if (First(headers, contentHeaders, "x-amz-checksum-type") is { } type && !type.Equals("FULL_OBJECT", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var (header, algorithm) in AmazonChecksums)
        {
            AddBase64(found, algorithm, Each(headers, contentHeaders, header));
        }
    }

    // An ETag of 32 hexadecimal digits is an MD5 in S3 alone, where no header says it outright, and not there either with any encryption but S3's own,
    // or in a directory bucket.
    private static void AddAmazonETag(List<FileDigest> found, HttpHeadersNonValidated headers, HttpHeadersNonValidated contentHeaders)
    {
        var isAmazon = First(headers, contentHeaders, "Server")?.StartsWith("AmazonS3", StringComparison.OrdinalIgnoreCase) == true
            || headers.Contains("x-amz-request-id") || headers.Contains("x-amz-id-2");
        var isOther = headers.Contains("x-amz-server-side-encryption-customer-algorithm") || headers.Contains("x-amz-server-side-encryption-aws-kms-key-id")
            || First(headers, contentHeaders, "x-amz-server-side-encryption") is not (null or "AES256")
            || First(headers, contentHeaders, "x-amz-storage-class") is "EXPRESS_ONEZONE";
        var tag = First(headers, contentHeaders, "ETag");
        var isKnown = found.Exists(digest => digest.Algorithm == DigestAlgorithm.Md5);
        if (isAmazon && !isOther && !isKnown && tag is ['"', .. { Length: 32 } hex, '"'] && DigestText.TryRead(DigestAlgorithm.Md5, hex, out var digest))
        {
            found.Add(digest);
        }
    }
}
