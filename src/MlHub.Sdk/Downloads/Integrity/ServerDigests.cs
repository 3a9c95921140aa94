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

    /// <param name="response">The answer.</param>
    /// <param name="isWhole">Whether the body is the whole file. Some headers are about the body, not about the file.</param>
    internal static IReadOnlyList<FileDigest> Read(HttpResponseMessage response, bool isWhole)
    {
        var found = new List<FileDigest>();

        // RFC 9530: Repr-Digest is of the whole representation whatever was asked for, Content-Digest of what this answer carries.
        AddStructured(found, response.Header("Repr-Digest"));
        AddStructured(found, isWhole ? response.Header("Content-Digest") : null);

        // RFC 1864: Content-MD5 is of this answer's body. Azure gives the whole blob's under its own name beside it.
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

    // A header sent twice promises twice.
    private static void AddBase64(List<FileDigest> found, DigestAlgorithm algorithm, HeaderStringValues values)
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

    // It is of the bytes as they are stored, compressed or not. Where Google sends others, no digest of the answer is read.
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
        // A composite checksum (of the parts' checksums) bears a suffix -N or says so, and is not the file's.
        if (response.Header("x-amz-checksum-type") is { } type && !type.Equals("FULL_OBJECT", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var (header, algorithm) in AmazonChecksums)
        {
            AddBase64(found, algorithm, response.Lines(header));
        }
    }

    // An ETag of 32 hexadecimal digits is an MD5 in S3 alone, where no header says it outright, and not there either with any encryption but S3's own,
    // or in a directory bucket.
    private static void AddAmazonETag(List<FileDigest> found, HttpResponseMessage response)
    {
        var isAmazon = response.Header("Server")?.StartsWith("AmazonS3", StringComparison.OrdinalIgnoreCase) == true || Has("x-amz-request-id") || Has("x-amz-id-2");
        var isOther = Has("x-amz-server-side-encryption-customer-algorithm") || Has("x-amz-server-side-encryption-aws-kms-key-id")
            || response.Header("x-amz-server-side-encryption") is not (null or "AES256")
            || response.Header("x-amz-storage-class") is "EXPRESS_ONEZONE";
        var tag = response.Header("ETag");
        var isKnown = found.Exists(digest => digest.Algorithm == DigestAlgorithm.Md5);
        if (isAmazon && !isOther && !isKnown && tag is ['"', .. { Length: 32 } hex, '"'] && DigestText.TryRead(DigestAlgorithm.Md5, hex, out var digest))
        {
            found.Add(digest);
        }

        bool Has(string name) => response.Header(name) is not null;
    }
}
