namespace MlHub.Sdk;

/// <summary>Why a file that was there was taken as the one that is asked for.</summary>
public enum SkipReason
{
    /// <summary>It was there, and it was not looked at: <see cref="IfExists.Skip"/>.</summary>
    Present,

    /// <summary>It has the size of the remote file. Nothing else could be compared: it has no receipt, or the server sends no ETag, Last-Modified or digest.</summary>
    Size,

    /// <summary>It has the size of the remote file, and the server's digests, ETag or Last-Modified are those that were noted when it came.</summary>
    Receipt,

    /// <summary>Its bytes have the digest that the caller or the server promises.</summary>
    Digest,
}
