namespace MlHub.Sdk;

/// <summary>What came of checking a finished file.</summary>
public sealed record VerificationResult
{
    /// <summary>The absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes, or 0 when it does not exist.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether it is right.</summary>
    public required VerificationStatus Status { get; init; }

    /// <summary>What it was held against, or how it differs, in a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>The digests that it was held against.</summary>
    public IReadOnlyList<FileDigest> Digests { get; init; } = [];
}
