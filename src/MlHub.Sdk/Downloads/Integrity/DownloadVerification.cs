using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk;

/// <summary>What a finished file was compared with.</summary>
public sealed record DownloadVerification
{
    /// <summary>Nothing. The server gave neither a length nor a digest, or the file was there and nothing was compared.</summary>
    public static DownloadVerification None { get; } = new() { Method = VerificationMethod.None };

    /// <summary>The length only.</summary>
    public static DownloadVerification Length { get; } = new() { Method = VerificationMethod.Length };

    /// <summary>How the file was verified.</summary>
    public required VerificationMethod Method { get; init; }

    /// <summary>The digests that the file has; empty unless <see cref="Method"/> is <see cref="VerificationMethod.Digest"/>.</summary>
    public IReadOnlyList<FileDigest> Digests { get; init; } = [];

    /// <summary>The names of the digests, such as <c>md5</c> or <c>sha-256+md5</c>; <c>length</c>; or <c>none</c>.</summary>
    /// <returns>A word to print.</returns>
    public override string ToString() => Method switch
    {
        VerificationMethod.Digest => string.Join('+', Digests.Select(digest => digest.Algorithm.Name())),
        VerificationMethod.Length => "length",
        _ => "none",
    };
}
