using System.Net.Http.Headers;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Reads the digests of the whole file from the headers of a response.</summary>
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

    /// <param name="response">The response.</param>
    /// <param name="isWhole">Whether the body is the whole file. Some headers describe the body, not the file.</param>
    internal static IReadOnlyList<FileDigest> Read(HttpResponseMessage response, bool isWhole)
    {
        var found = new List<FileDigest>();

        // RFC 9530: Repr-Digest describes the whole representation, regardless of the requested range. Content-Digest describes the content of this response.
        AddStructured(found, response.Header("Repr-Digest"));
        AddStructured(found, isWhole ? response.Header("Content-Digest") : null);

        // RFC 1864: Content-MD5 describes the body of this response. Azure also sends the digest of the whole blob in a header of its own.
        AddBase64(found, DigestAlgorithm.Md5, response.Lines("x-ms-blob-content-md5"));
        AddBase64(found, DigestAlgorithm.Md5, isWhole ? response.Lines("Content-MD5") : default);
        AddGoogle(found, response.Header("x-goog-hash"));

        if (isWhole)
        {
            AddAmazon(found, response);
            AddAmazonETag(found, response);
        }

        return found;
    }

    // A header that is sent twice contains two digests.
    private static void AddBase64(List<FileDigest> found, DigestAlgorithm algorithm, HeaderStringValues values)
    {
        foreach (var value in values)
        {
            AddBase64(found, algorithm, value);
        }
    }

    // Two different digests of one algorithm are both kept, so that verification fails.
    private static void AddBase64(List<FileDigest> found, DigestAlgorithm algorithm, string? value)
    {
        if (value is not null && DigestText.TryReadBase64(algorithm, value.AsSpan().Trim(), out var digest) && !found.Contains(digest))
        {
            found.Add(digest);
        }
    }

    // A dictionary of byte sequences (RFC 8941 §3.2, §3.3.5): sha-256=:…:, md5=:…: If a name occurs twice, the last value counts.
    private static void AddStructured(List<FileDigest> found, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        var last = new Dictionary<DigestAlgorithm, string>();
        foreach (var member in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
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

    // This digest describes the stored bytes, compressed or not. If Google sends decompressed bytes, no digest of the response is read.
    private static void AddGoogle(List<FileDigest> found, string? value)
    {
        foreach (var member in (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = member.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && DigestAlgorithms.TryParse(member.AsSpan(0, equals), out var algorithm))
            {
                AddBase64(found, algorithm, member[(equals + 1)..]);
            }
        }
    }

    private static void AddAmazon(List<FileDigest> found, HttpResponseMessage response)
    {
        // A composite checksum (a checksum of the checksums of the parts) has a suffix -N or a header that says so. It is not the checksum of the file.
        if (response.Header("x-amz-checksum-type") is { } type && !type.Equals("FULL_OBJECT", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var (header, algorithm) in AmazonChecksums)
        {
            AddBase64(found, algorithm, response.Lines(header));
        }
    }

    // An ETag of 32 hexadecimal digits is an MD5 only in S3, which does not state this in a header. It is not an MD5 with other encryption than S3's own, or in
    // a directory bucket.
    private static void AddAmazonETag(List<FileDigest> found, HttpResponseMessage response)
    {
        var tag = response.Header("ETag");
        if (tag is not { Length: 34 })
        {
            return;
        }

        var isAmazon = response.Header("Server")?.StartsWith("AmazonS3", StringComparison.OrdinalIgnoreCase) == true || Has("x-amz-request-id") || Has("x-amz-id-2");
        var isOther = Has("x-amz-server-side-encryption-customer-algorithm") || Has("x-amz-server-side-encryption-aws-kms-key-id")
            || response.Header("x-amz-server-side-encryption") is not (null or "AES256")
            || response.Header("x-amz-storage-class") is "EXPRESS_ONEZONE";
        var isKnown = found.Exists(digest => digest.Algorithm == DigestAlgorithm.Md5);
        if (isAmazon && !isOther && !isKnown && tag is ['"', .. { Length: 32 } hex, '"'] && DigestText.TryRead(DigestAlgorithm.Md5, hex, out var digest))
        {
            found.Add(digest);
        }

        bool Has(string name) => response.Header(name) is not null;
    }
}
