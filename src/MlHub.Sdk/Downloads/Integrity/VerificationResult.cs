namespace MlHub.Sdk;

/// <summary>The result of checking a finished file.</summary>
public sealed record VerificationResult
{
    /// <summary>The absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes, or 0 if it does not exist.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether it is right.</summary>
    public required VerificationStatus Status { get; init; }

    /// <summary>What it was compared with, or how it differs, in a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>The digests that it was compared with.</summary>
    public IReadOnlyList<FileDigest> Digests { get; init; } = [];
}
