namespace MlHub.Sdk;

/// <summary>Whether a file is what was downloaded.</summary>
public enum VerificationStatus
{
    /// <summary>It is, to the byte.</summary>
    Right,

    /// <summary>It is not: its length or a digest differs.</summary>
    Wrong,

    /// <summary>There is no such file: nothing at all, or a directory.</summary>
    Missing,

    /// <summary>Nothing is known that it could be held against.</summary>
    Unknown,
}
