namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Names and lengths of the digest algorithms.</summary>
internal static class DigestAlgorithms
{
    /// <summary>The name of the algorithm in the registry of RFC 9530, or the name that object stores use if it is not registered.</summary>
    internal static string Name(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "md5",
        DigestAlgorithm.Sha1 => "sha-1",
        DigestAlgorithm.Sha256 => "sha-256",
        DigestAlgorithm.Sha512 => "sha-512",
        DigestAlgorithm.Crc32 => "crc32",
        DigestAlgorithm.Crc32C => "crc32c",
        DigestAlgorithm.Crc64Nvme => "crc64nvme",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "The digest algorithm is unknown."),
    };

    internal static int Length(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => 16,
        DigestAlgorithm.Sha1 => 20,
        DigestAlgorithm.Sha256 => 32,
        DigestAlgorithm.Sha512 => 64,
        DigestAlgorithm.Crc64Nvme => 8,
        _ => 4,
    };

    internal static bool TryParse(ReadOnlySpan<char> name, out DigestAlgorithm algorithm)
    {
        Span<char> plain = stackalloc char[16];
        algorithm = default;
        if (name.Length > plain.Length)
        {
            return false;
        }

        var length = name.Trim().ToLowerInvariant(plain);
        DigestAlgorithm? found = plain[..length] switch
        {
            "md5" => DigestAlgorithm.Md5,
            "sha" or "sha1" or "sha-1" => DigestAlgorithm.Sha1,
            "sha256" or "sha-256" => DigestAlgorithm.Sha256,
            "sha512" or "sha-512" => DigestAlgorithm.Sha512,
            "crc32" => DigestAlgorithm.Crc32,
            "crc32c" => DigestAlgorithm.Crc32C,
            "crc64nvme" => DigestAlgorithm.Crc64Nvme,
            _ => null,
        };
        algorithm = found.GetValueOrDefault();
        return found is not null;
    }
}
