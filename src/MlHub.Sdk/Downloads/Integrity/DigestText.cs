namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Reads a digest's value, which headers write in base64 and people in hexadecimal.</summary>
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
