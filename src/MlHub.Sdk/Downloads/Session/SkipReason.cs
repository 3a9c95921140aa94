namespace MlHub.Sdk;

/// <summary>Why a file that was there was taken as the one that was asked for.</summary>
public enum SkipReason
{
    /// <summary>It was there, and nothing was compared: <see cref="IfExists.Skip"/> without digests of the caller.</summary>
    Present,

    /// <summary>
    /// It has the size of the remote file. Nothing else could be compared: the file has no receipt, or the server sends nothing that its receipt notes.
    /// </summary>
    Size,

    /// <summary>It has the size of the remote file, and the server's digests, ETag or Last-Modified are those that its receipt notes.</summary>
    Receipt,

    /// <summary>It was read, and it has the digests that the caller or the server promises.</summary>
    Digest,
}
