namespace MlHub.Sdk;

/// <summary>What a file was compared with.</summary>
public enum VerificationMethod
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its length.</summary>
    Length,

    /// <summary>Its length and at least one digest.</summary>
    Digest,
}
