namespace MlHub.Sdk;

/// <summary>Whether a file is still the file that was downloaded.</summary>
public enum VerificationStatus
{
    /// <summary>The file is identical, byte for byte.</summary>
    Right,

    /// <summary>The file differs: its length, a digest or the checksum in its receipt does not match.</summary>
    Wrong,

    /// <summary>There is no such file. The path does not exist, or it is a directory, a pipe, a socket or a device.</summary>
    Missing,

    /// <summary>The file cannot be checked: it has no receipt, and no digest was given.</summary>
    Unknown,
}
