namespace MlHub.Sdk;

/// <summary>Whether a file is what was downloaded.</summary>
public enum VerificationStatus
{
    /// <summary>It is, to the byte.</summary>
    Right,

    /// <summary>It is not: its length, a digest or the checksum in its receipt differs.</summary>
    Wrong,

    /// <summary>There is no such file: nothing, a directory, a pipe, a socket or a device.</summary>
    Missing,

    /// <summary>Nothing is known that it could be compared with: it has no receipt, and no digest was given.</summary>
    Unknown,
}
