namespace MlHub.Sdk;

/// <summary>The result of checking a finished file.</summary>
public sealed record VerificationResult
{
    /// <summary>The absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The length of the file in bytes, or 0 if it does not exist.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether the file is correct.</summary>
    public required VerificationStatus Status { get; init; }

    /// <summary>A sentence that says what the file was compared with, or how it differs.</summary>
    public required string Detail { get; init; }

    /// <summary>The digests that the file was compared with.</summary>
    public IReadOnlyList<FileDigest> Digests { get; init; } = [];
}
