using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk;

/// <summary>Reads <c>file:checksum</c> (STAC File Info extension): a multihash in hexadecimal, which names its algorithm.</summary>
internal static class Multihash
{
    // https://github.com/multiformats/multicodec/blob/master/table.csv: the code as a varint, then the length in bytes.
    private static readonly (string Prefix, DigestAlgorithm Algorithm)[] Known =
    [
        ("1114", DigestAlgorithm.Sha1),
        ("1220", DigestAlgorithm.Sha256),
        ("1340", DigestAlgorithm.Sha512),
        ("d50110", DigestAlgorithm.Md5),
    ];

    /// <param name="text">The checksum; null if there is none.</param>
    /// <param name="digest">The digest.</param>
    /// <returns>Whether it is a digest of an algorithm that downloads can verify. An unsupported digest does not prevent the download.</returns>
    internal static bool TryRead(string? text, out FileDigest digest)
    {
        digest = default;
        foreach (var (prefix, algorithm) in Known)
        {
            if (text?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) == true && text.Length == prefix.Length + (algorithm.Length() * 2))
            {
                return FileDigest.TryParse($"{algorithm.Name()}:{text[prefix.Length..]}", out digest);
            }
        }

        return false;
    }
}
