namespace MlHub.Sdk;

/// <summary>The supported digest and checksum algorithms.</summary>
public enum DigestAlgorithm
{
    /// <summary>MD5, 16 bytes. Used by <c>Content-MD5</c> and most S3 ETags.</summary>
    Md5,

    /// <summary>SHA-1, 20 bytes.</summary>
    Sha1,

    /// <summary>SHA-256, 32 bytes.</summary>
    Sha256,

    /// <summary>SHA-512, 64 bytes.</summary>
    Sha512,

    /// <summary>CRC-32 (ISO-HDLC), 4 bytes, big-endian.</summary>
    Crc32,

    /// <summary>CRC-32C (Castagnoli), 4 bytes, big-endian.</summary>
    Crc32C,

    /// <summary>CRC-64/NVME, 8 bytes, big-endian.</summary>
    Crc64Nvme,
}
