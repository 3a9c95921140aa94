namespace MlHub.Sdk;

/// <summary>The reason why an existing file was accepted and not downloaded again.</summary>
public enum SkipReason
{
    /// <summary>The file exists, and nothing was compared: <see cref="IfExists.Skip"/> without digests from the caller.</summary>
    Present,

    /// <summary>
    /// The file has the size of the remote file. Nothing else could be compared: the file has no receipt, or the server sends none of the values in its
    /// receipt.
    /// </summary>
    Size,

    /// <summary>The file has the size of the remote file, and the server's digests, ETag or Last-Modified match its receipt.</summary>
    Receipt,

    /// <summary>The file was read, and its digests match those from the caller or the server.</summary>
    Digest,
}
