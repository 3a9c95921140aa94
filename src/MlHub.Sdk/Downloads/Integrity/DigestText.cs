namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Reads the value of a digest: base64 as in headers, or hexadecimal as people write it.</summary>
internal static class DigestText
{
    internal static bool TryRead(DigestAlgorithm algorithm, ReadOnlySpan<char> text, out FileDigest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[64];
        var length = algorithm.Length();
        if (text.Length == length * 2 && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done)
        {
            digest = new FileDigest(algorithm, bytes[..written]);
            return true;
        }

        return TryReadBase64(algorithm, text, out digest);
    }

    /// <summary>Parses several digests in the format of <see cref="FileDigest.ToString"/>, separated by spaces or line ends. Null if one is invalid.</summary>
    internal static List<FileDigest>? ReadMany(string text)
    {
        var digests = new List<FileDigest>();
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!FileDigest.TryParse(word, out var digest))
            {
                return null;
            }

            digests.Add(digest);
        }

        return digests;
    }

    internal static bool TryReadBase64(DigestAlgorithm algorithm, ReadOnlySpan<char> text, out FileDigest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[66];
        if (!Convert.TryFromBase64Chars(text, bytes, out var written) || written != algorithm.Length())
        {
            return false;
        }

        digest = new FileDigest(algorithm, bytes[..written]);
        return true;
    }
}
